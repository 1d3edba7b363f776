-- Ends every token of a family. What is left tells a replay from a code that was never given; `x` holds the request that did it.
local function revoke(lifetime, request)
  for _, f in ipairs(redis.call('HKEYS', KEYS[1])) do
    if f ~= 'c' and f ~= 'k' and f ~= 'ku' and f ~= 'x' then redis.call('HDEL', KEYS[1], f) end
  end
  redis.call('HSET', KEYS[1], 'x', request or '-')
  redis.call('PEXPIRE', KEYS[1], lifetime)
end
local function live_at_least(lifetime)
  if redis.call('PTTL', KEYS[1]) < tonumber(lifetime) then redis.call('PEXPIRE', KEYS[1], lifetime) end
end
