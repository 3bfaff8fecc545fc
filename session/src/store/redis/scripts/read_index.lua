-- Returns two lists of members: those whose commit is not in flight any more, and the others.
-- KEYS: the sorted set of one index hash.
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
return {redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. now), redis.call('ZRANGEBYSCORE', KEYS[1], now, '+inf')}
