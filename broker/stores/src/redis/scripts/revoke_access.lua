-- KEYS: family. ARGV: access hash, client.
if redis.call('HGET', KEYS[1], 'c') ~= ARGV[2] then return 0 end
return redis.call('HDEL', KEYS[1], 'a:' .. ARGV[1])
