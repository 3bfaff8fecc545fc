-- Adds a member to an index entry's sorted set, and extends the set's time to live.
-- KEYS: the sorted set of one index hash. ARGV: how long the commit may be in flight (ms), time to live (ms), the
-- member.
-- The score is the time after which the member is stale if its session does not have the entry.
local time = redis.call('TIME')
local in_flight_until = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
redis.call('ZADD', KEYS[1], string.format('%.0f', in_flight_until), ARGV[3])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
