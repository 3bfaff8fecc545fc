-- KEYS: the session. What it says of itself, without its values: what lies before the log, and what lies behind it.
local key = KEYS[1]
local tail = redis.call('GETRANGE', key, '-80', '-1')
if tail == '' then return false end
local log_at = struct.unpack('<I4', redis.call('GETRANGE', key, 32, 35))
return redis.call('GETRANGE', key, 0, log_at - 1) .. tail
