-- KEYS: session. ARGV: family, end in ms, client, idle end in ms, now in ms, participants at the most, sealed subject or ''.
-- Participants stand in one field, a line each: family, end in ms, client.
local h = redis.call('HMGET', KEYS[1], 'i', 'e', 'p')
local now = tonumber(ARGV[5])
if not h[1] or tonumber(h[1]) <= now or tonumber(h[2]) <= now then return 0 end
local kept = {}
for family, ends, client in string.gmatch(h[3] or '', '(%S+) (%-?%d+) ([^\n]*)\n') do
  if tonumber(ends) > now and family ~= ARGV[1] then
    kept[#kept + 1] = family .. ' ' .. ends .. ' ' .. client .. '\n'
  end
end
kept[#kept + 1] = ARGV[1] .. ' ' .. ARGV[2] .. ' ' .. ARGV[3] .. '\n'
local first = math.max(1, #kept - tonumber(ARGV[6]) + 1)
redis.call('HSET', KEYS[1], 'p', table.concat(kept, '', first), 'i', ARGV[4])
if ARGV[7] ~= '' then redis.call('HSET', KEYS[1], 'u:' .. ARGV[1], ARGV[7]) end
return 1
