-- KEYS: interaction. ARGV: state hash, request id. Answers 0 unknown, 1 taken, 2 stale; with the record.
local h = redis.call('HMGET', KEYS[1], 'd', 'a', 't')
if not h[1] then return {0} end
if h[2] == ARGV[1] then
  redis.call('HDEL', KEYS[1], 'a')
  redis.call('HSET', KEYS[1], 't', ARGV[2])
  return {1, h[1]}
end
if h[3] == ARGV[2] then return {1, h[1]} end
return {2, h[1]}
