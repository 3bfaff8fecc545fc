-- KEYS: the session. ARGV: until when its entries were kept, and until when they are kept now.
if redis.call('GETRANGE', KEYS[1], '-40', '-33') == ARGV[1] then
  redis.call('SETRANGE', KEYS[1], redis.call('STRLEN', KEYS[1]) - 40, ARGV[2])
end
