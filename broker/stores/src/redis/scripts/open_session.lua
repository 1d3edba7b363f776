-- KEYS: session. ARGV: record, idle end in ms, lifetime in ms, then family and participant in turn.
redis.call('HSET', KEYS[1], 'd', ARGV[1], 'i', ARGV[2])
for n = 4, #ARGV, 2 do redis.call('HSET', KEYS[1], 'f:' .. ARGV[n], ARGV[n + 1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
