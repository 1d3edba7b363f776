-- KEYS: the sessions of a holder. ARGV: session, its end in ms, now in ms, lifetime in ms, sessions at the most.
-- Answers those that are too many: they stay here until they are gone, so that whoever tries again finds them.
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[4]) then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
local surplus = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[5])
if surplus <= 0 then return {} end
return redis.call('ZRANGE', KEYS[1], 0, surplus - 1)
