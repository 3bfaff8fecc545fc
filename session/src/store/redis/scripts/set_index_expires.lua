-- Sets the expiry of a session's index entries, unless another request changed it first.
-- KEYS: the session. ARGV: the previous expiry, the new expiry.
if redis.call('GETRANGE', KEYS[1], '-40', '-33') == ARGV[1] then
  redis.call('SETRANGE', KEYS[1], redis.call('STRLEN', KEYS[1]) - 40, ARGV[2])
end
