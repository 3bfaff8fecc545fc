-- Returns a session without its value log: the part before the log, and the tail. KEYS: the session.
local key = KEYS[1]
local tail = redis.call('GETRANGE', key, '-80', '-1')
if tail == '' then return false end
if #tail < 80 then return tail end
local log_start = struct.unpack('<I4', redis.call('GETRANGE', key, 40, 43))
return redis.call('GETRANGE', key, 0, log_start - 1) .. tail
