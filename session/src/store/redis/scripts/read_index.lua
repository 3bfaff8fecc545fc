-- Returns a page of members, and for each a 1 if its commit is not in flight any more.
-- KEYS: the sorted set of one index hash, the set of its members in flight. ARGV: the start of the page, its length.
local members = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], '+', 'LIMIT', 0, ARGV[2])
local time, is_removable = redis.call('TIME'), {}
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i, member in ipairs(members) do
  local in_flight_until = redis.call('ZSCORE', KEYS[2], member)
  is_removable[i] = (not in_flight_until or tonumber(in_flight_until) < now) and 1 or 0
end
return {members, is_removable}
