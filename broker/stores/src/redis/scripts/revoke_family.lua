-- KEYS: family.
local function revoke()
  for _, f in ipairs(redis.call("HKEYS", KEYS[1])) do
    if f == "d" or f == "r" or f == "re" or f == "rn" or string.sub(f, 1, 2) == "a:" or string.sub(f, 1, 2) == "o:" then
      redis.call("HDEL", KEYS[1], f)
    end
  end
  redis.call("HSET", KEYS[1], "x", "1")
end
if redis.call('EXISTS', KEYS[1]) == 1 then revoke() end
return 1
