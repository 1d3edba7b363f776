-- KEYS: session, its grave (same slot). ARGV: request id, lifetime of the grave in ms. Answers the record's fields.
if redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('RENAME', KEYS[1], KEYS[2])
  redis.call('HSET', KEYS[2], 'q', ARGV[1])
  redis.call('PEXPIRE', KEYS[2], ARGV[2])
elseif redis.call('HGET', KEYS[2], 'q') ~= ARGV[1] then
  return {}
end
return redis.call('HGETALL', KEYS[2])
