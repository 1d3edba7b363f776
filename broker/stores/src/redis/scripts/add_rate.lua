-- KEYS: the counter of a window, and that of the window before. ARGV: how much is added, how long the counter is kept in ms.
-- Answers both.
local count = redis.call('INCRBY', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return {count, tonumber(redis.call('GET', KEYS[2]) or 0)}
