-- KEYS: family. ARGV: refresh hash, client, scope or '', access hash, access end in ms, new refresh hash or '', its end in ms, now in ms,
-- request id, lifetime in ms, lifetime of what a revoked family leaves in ms, rotated tokens remembered at the most.
-- Answers 0 unknown, 1 granted with the record, 2 reused with the client, 3 scope exceeded.
local h = redis.call('HMGET', KEYS[1], 'c', 'd', 'r', 're', 's', 'x', 'rn', 'o', 'm')
-- Sent again by whoever rotated: the same answer, also when everything was revoked since.
if h[7] and h[7] == ARGV[9] and (h[2] or h[9]) then return {1, h[2] or h[9]} end
if not h[1] or h[6] or not h[2] or h[1] ~= ARGV[2] then return {0} end
-- Rotated tokens are known by the first 72 bits of their hashes.
local mark = ';' .. string.sub(ARGV[1], 1, 12)
if h[3] ~= ARGV[1] then
  if not h[8] or not string.find(h[8], mark, 1, true) then return {0} end
  revoke(ARGV[11])
  return {2, h[1]}
end
local now = tonumber(ARGV[8])
if tonumber(h[4]) <= now then return {0} end
local scope = h[5]
if ARGV[3] ~= '' then
  local had = {}
  for word in string.gmatch(h[5], '%S+') do had[word] = true end
  for word in string.gmatch(ARGV[3], '%S+') do if not had[word] then return {3} end end
  scope = ARGV[3]
end
if redis.call('HLEN', KEYS[1]) > 16 then
  local all = redis.call('HGETALL', KEYS[1])
  for n = 1, #all, 2 do
    if string.sub(all[n], 1, 2) == 'a:' then
      local ends = tonumber(string.match(all[n + 1], '^(%-?%d+)|'))
      if not ends or ends <= now then redis.call('HDEL', KEYS[1], all[n]) end
    end
  end
end
redis.call('HSET', KEYS[1], 'a:' .. ARGV[4], ARGV[5] .. '|' .. scope)
if ARGV[6] ~= '' then
  -- A rotated token lives no longer than the one before it would have.
  local ends = ARGV[7]
  if tonumber(h[4]) < tonumber(ends) then ends = h[4] end
  redis.call('HSET', KEYS[1], 'r', ARGV[6], 're', ends, 'o', string.sub((h[8] or '') .. mark, -13 * tonumber(ARGV[12])), 'rn', ARGV[9])
end
live_at_least(ARGV[10])
return {1, h[2]}
