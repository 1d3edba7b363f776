-- KEYS: queue, lease. ARGV: owner, count, request id.
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
if redis.call('GET', KEYS[2] .. ':q') == ARGV[3] then return 1 end
redis.call('LTRIM', KEYS[1], ARGV[2], -1)
redis.call('SET', KEYS[2] .. ':q', ARGV[3], 'PX', 60000)
return 1
