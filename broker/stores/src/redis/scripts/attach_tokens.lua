-- KEYS: family. ARGV: access hash, access (end in ms, a bar; the scope is the grant's), refresh hash or '', its end in ms, lifetime in ms.
local h = redis.call('HMGET', KEYS[1], 'ku', 'x', 's')
if not h[1] or h[2] then return 0 end
redis.call('HSET', KEYS[1], 'a:' .. ARGV[1], ARGV[2] .. h[3])
if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'r', ARGV[3], 're', ARGV[4]) end
live_at_least(ARGV[5])
return 1
