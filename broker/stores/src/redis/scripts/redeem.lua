-- KEYS: family. ARGV: code hash, now in ms, request id. Answers 0 unknown, 1 granted with the record, 2 replayed with the client.
local function revoke()
  for _, f in ipairs(redis.call("HKEYS", KEYS[1])) do
    if f == "d" or f == "r" or f == "re" or f == "rn" or string.sub(f, 1, 2) == "a:" or string.sub(f, 1, 2) == "o:" then
      redis.call("HDEL", KEYS[1], f)
    end
  end
  redis.call("HSET", KEYS[1], "x", "1")
end
local h = redis.call('HMGET', KEYS[1], 'k', 'ku', 'c', 'd', 'ke', 'x')
if not h[1] or h[1] ~= ARGV[1] then return {0} end
if h[2] then
  if h[2] == ARGV[3] and h[4] then return {1, h[4]} end
  revoke()
  return {2, h[3]}
end
if h[6] or not h[4] or tonumber(h[5]) <= tonumber(ARGV[2]) then return {0} end
redis.call('HSET', KEYS[1], 'ku', ARGV[3])
return {1, h[4]}
