-- KEYS: family. ARGV: refresh hash, client, scope or '', access hash, access end in ms, new refresh hash or '', its end in ms, now in ms, request id.
-- Answers 0 unknown, 1 granted with the record, 2 reused with the client, 3 scope exceeded.
local function revoke()
  for _, f in ipairs(redis.call("HKEYS", KEYS[1])) do
    if f == "d" or f == "r" or f == "re" or f == "rn" or string.sub(f, 1, 2) == "a:" or string.sub(f, 1, 2) == "o:" then
      redis.call("HDEL", KEYS[1], f)
    end
  end
  redis.call("HSET", KEYS[1], "x", "1")
end
local h = redis.call('HMGET', KEYS[1], 'c', 'd', 'r', 're', 's', 'x', 'rn')
if not h[1] or h[6] or not h[2] or h[1] ~= ARGV[2] then return {0} end
if h[3] ~= ARGV[1] then
  if redis.call('HEXISTS', KEYS[1], 'o:' .. ARGV[1]) == 0 then return {0} end
  if h[7] == ARGV[9] then return {1, h[2]} end
  revoke()
  return {2, h[1]}
end
if tonumber(h[4]) <= tonumber(ARGV[8]) then return {0} end
local scope = h[5]
if ARGV[3] ~= '' then
  local had = {}
  for word in string.gmatch(h[5], '%S+') do had[word] = true end
  for word in string.gmatch(ARGV[3], '%S+') do if not had[word] then return {3} end end
  scope = ARGV[3]
end
local all = redis.call('HGETALL', KEYS[1])
for n = 1, #all, 2 do
  if string.sub(all[n], 1, 2) == 'a:' then
    local ends = tonumber(string.match(all[n + 1], '^(%d+)|'))
    if not ends or ends <= tonumber(ARGV[8]) then redis.call('HDEL', KEYS[1], all[n]) end
  end
end
redis.call('HSET', KEYS[1], 'a:' .. ARGV[4], ARGV[5] .. '|' .. scope)
if ARGV[6] ~= '' then
  local ends = ARGV[7]
  if tonumber(h[4]) < tonumber(ends) then ends = h[4] end
  redis.call('HSET', KEYS[1], 'r', ARGV[6], 're', ends, 'o:' .. ARGV[1], '1', 'rn', ARGV[9])
end
return {1, h[2]}
