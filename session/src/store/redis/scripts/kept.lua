-- KEYS: the session. ARGV: until when its entries were kept, and until when they are kept now.
if redis.call('HGET', KEYS[1], 'kept') == ARGV[1] then redis.call('HSET', KEYS[1], 'kept', ARGV[2]) end
