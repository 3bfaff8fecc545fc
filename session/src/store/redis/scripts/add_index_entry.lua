-- Adds a member to an index entry's sorted set, and extends the set's time to live.
-- KEYS: the sorted set of one index hash, the set of its members in flight. ARGV: how long the commit may be in flight
-- (ms), time to live (ms), the member.
-- All scores are 0, so that the set is ordered by its members. The score of a member in flight is the time after which it
-- is stale if its session does not have the entry.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function add(key, score, ttl)
  local is_extended = redis.call('PTTL', key) < tonumber(ttl)
  -- Before the set exists, this only checks the right to the command, so that no set remains without a time to live.
  if is_extended then redis.call('PEXPIRE', key, ttl) end
  redis.call('ZADD', key, score, ARGV[3])
  if is_extended then redis.call('PEXPIRE', key, ttl) end
end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('(%.0f', now))
add(KEYS[2], string.format('%.0f', now + tonumber(ARGV[1])), ARGV[1])
add(KEYS[1], 0, ARGV[2])
