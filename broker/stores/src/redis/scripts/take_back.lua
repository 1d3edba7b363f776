-- KEYS: a limit, the request that took back last, of the same slot. ARGV: request id, lifetime of the memory in ms.
if redis.call('GET', KEYS[2]) == ARGV[1] then return 1 end
redis.call('ZPOPMAX', KEYS[1])
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return 1
