-- KEYS: limits, all of one slot. ARGV: now in ms, request id, what is kept beyond a window in ms; then for each limit: how many at the
-- most, window in ms. Answers 1 allowed, 2 with the moment at which all of them would allow one.
local now, free = tonumber(ARGV[1]), nil
if #KEYS == 0 or redis.call('ZSCORE', KEYS[1], ARGV[2]) then return {1} end
for n, key in ipairs(KEYS) do
  local most, window = tonumber(ARGV[2 * n + 2]), tonumber(ARGV[2 * n + 3])
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
  local count = redis.call('ZCARD', key)
  if count >= most then
    local first = most > 0 and redis.call('ZRANGE', key, count - most, count - most, 'WITHSCORES')[2] or now
    free = math.max(free or 0, tonumber(first) + window)
  end
end
if free then return {2, string.format('%.0f', free)} end
for n, key in ipairs(KEYS) do
  redis.call('ZADD', key, now, ARGV[2])
  redis.call('PEXPIRE', key, ARGV[2 * n + 3] + ARGV[3])
end
return {1}
