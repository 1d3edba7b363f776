-- KEYS: session. ARGV: family, participant (end in ms, a bar, client), idle end in ms, now in ms, sealed subject or ''.
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local all = redis.call('HGETALL', KEYS[1])
for n = 1, #all, 2 do
  if string.sub(all[n], 1, 2) == 'f:' then
    local ends = tonumber(string.match(all[n + 1], '^(%d+)|'))
    if not ends or ends <= tonumber(ARGV[4]) then redis.call('HDEL', KEYS[1], all[n]) end
  end
end
redis.call('HSET', KEYS[1], 'f:' .. ARGV[1], ARGV[2], 'i', ARGV[3])
if ARGV[5] ~= '' then redis.call('HSET', KEYS[1], 'u:' .. ARGV[1], ARGV[5]) end
return 1
