-- KEYS: family. ARGV: client, record, scope, code hash or '', code's end in ms, access hash or '', access (end, a bar, scope), lifetime in ms.
redis.call('HSET', KEYS[1], 'c', ARGV[1], 'd', ARGV[2], 's', ARGV[3])
if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'k', ARGV[4], 'ke', ARGV[5]) else redis.call('HSET', KEYS[1], 'ku', '-') end
if ARGV[6] ~= '' then redis.call('HSET', KEYS[1], 'a:' .. ARGV[6], ARGV[7]) end
redis.call('PEXPIRE', KEYS[1], ARGV[8])
return 1
