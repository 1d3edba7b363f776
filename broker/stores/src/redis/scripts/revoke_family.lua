-- KEYS: family. ARGV: lifetime of what is left in ms.
if redis.call('EXISTS', KEYS[1]) == 1 then revoke(ARGV[1]) end
return 1
