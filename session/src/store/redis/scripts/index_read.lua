-- KEYS: the sessions of one index hash. Those that are surely in their session, if they are anywhere; and the others.
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
return {redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. now), redis.call('ZRANGEBYSCORE', KEYS[1], now, '+inf')}
