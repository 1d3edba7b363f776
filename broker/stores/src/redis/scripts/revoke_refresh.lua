-- KEYS: family. ARGV: refresh hash, client, lifetime of what is left in ms, request id.
local h = redis.call('HMGET', KEYS[1], 'c', 'r', 'x')
if h[1] ~= ARGV[2] then return 0 end
if h[3] == ARGV[4] then return 1 end
if h[2] ~= ARGV[1] then return 0 end
revoke(ARGV[3], ARGV[4])
return 1
