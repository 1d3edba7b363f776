-- KEYS: queue, lease, the request that was carried out last. ARGV: owner, count, request id, lifetime of the memory in ms.
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
if redis.call('GET', KEYS[3]) == ARGV[3] then return 1 end
redis.call('LTRIM', KEYS[1], ARGV[2], -1)
redis.call('SET', KEYS[3], ARGV[3], 'PX', ARGV[4])
return 1
