-- KEYS: the sessions of one index hash. ARGV: for how long the entry may be on its way into the session, for how long
-- the key must live, the entry.
local time = redis.call('TIME')
local settled = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
redis.call('ZADD', KEYS[1], string.format('%.0f', settled), ARGV[3])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
