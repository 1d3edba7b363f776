-- KEYS: family. ARGV: code hash, now in ms, request id, lifetime of what a revoked family leaves in ms.
-- Answers 0 unknown, 1 granted with the record, 2 replayed with the client.
local h = redis.call('HMGET', KEYS[1], 'k', 'ku', 'c', 'd', 'ke', 'x', 'm')
if not h[1] or h[1] ~= ARGV[1] then return {0} end
if h[2] then
  if h[2] == ARGV[3] and (h[4] or h[7]) then return {1, h[4] or h[7]} end
  revoke(ARGV[4])
  return {2, h[3]}
end
if h[6] or not h[4] or tonumber(h[5]) <= tonumber(ARGV[2]) then return {0} end
redis.call('HSET', KEYS[1], 'ku', ARGV[3])
live_at_least(ARGV[4])
return {1, h[4]}
