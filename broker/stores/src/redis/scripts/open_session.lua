-- KEYS: session. ARGV: record, idle end in ms, end in ms, lifetime in ms, participants as lines or ''.
redis.call('HSET', KEYS[1], 'd', ARGV[1], 'i', ARGV[2], 'e', ARGV[3])
if ARGV[5] ~= '' then redis.call('HSET', KEYS[1], 'p', ARGV[5]) end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
