-- KEYS: interaction. ARGV: from, version, record, state hash or '', request id, lifetime in ms.
local v = redis.call('HMGET', KEYS[1], 'v', 'q')
if v[1] == ARGV[2] and v[2] == ARGV[5] then return 1 end
if v[1] ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'v', ARGV[2], 'd', ARGV[3], 'q', ARGV[5])
if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'a', ARGV[4]) else redis.call('HDEL', KEYS[1], 'a') end
redis.call('PEXPIRE', KEYS[1], ARGV[6])
return 1
