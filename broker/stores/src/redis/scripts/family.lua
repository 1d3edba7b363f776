-- Ends every token of a family. What is left tells a replay from a code that was never given; `x` holds the request that did it, and
-- `m` the record, for whoever won before with a request that is sent again.
local function revoke(lifetime, request)
  local record = redis.call('HGET', KEYS[1], 'd')
  for _, f in ipairs(redis.call('HKEYS', KEYS[1])) do
    if f ~= 'c' and f ~= 'k' and f ~= 'ku' and f ~= 'rn' and f ~= 'x' and f ~= 'm' then redis.call('HDEL', KEYS[1], f) end
  end
  if record then redis.call('HSET', KEYS[1], 'm', record) end
  redis.call('HSET', KEYS[1], 'x', request or '-')
  redis.call('PEXPIRE', KEYS[1], lifetime)
end
local function live_at_least(lifetime)
  if redis.call('PTTL', KEYS[1]) < tonumber(lifetime) then redis.call('PEXPIRE', KEYS[1], lifetime) end
end
