-- KEYS: interaction. ARGV: version, record, state hash or '', lifetime in ms.
redis.call('HSET', KEYS[1], 'v', ARGV[1], 'd', ARGV[2])
if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'a', ARGV[3]) end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
