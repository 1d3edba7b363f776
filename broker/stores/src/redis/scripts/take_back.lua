-- KEYS: a limit, the memory of the request, of the same slot. ARGV: lifetime of the memory in ms.
if not redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[1]) then return 1 end
redis.call('ZPOPMAX', KEYS[1])
return 1
