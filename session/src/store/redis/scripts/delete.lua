-- Deletes a session if it meets the condition, and returns its index entries. `layout.rs` documents the format.
-- KEYS: the session. ARGV: the time, the kind of the condition, its token hash or index hash.
local key, condition, hash = KEYS[1], ARGV[2], ARGV[3]
local now = struct.unpack('<i8', ARGV[1])
local tail = redis.call('GETRANGE', key, '-80', '-1')
if tail == '' then return false end
if #tail < 80 then return {'damaged', ''} end
local token, _, _, expires, _, _, log_end = struct.unpack('<c32i8i8i8i8I4I4', tail)
local rotated, _, _, _, index_len = struct.unpack('<c8c8i8i8I4', redis.call('GETRANGE', key, 0, 35))
local index = redis.call('GETRANGE', key, 44, 43 + index_len)

local function has_index_entry()
  local at = 1
  while at <= #index do
    local key_len, entry_len, key_at = struct.unpack('<I2I4', index, at)
    local entry_at = key_at + key_len
    if string.sub(index, entry_at, entry_at + #hash - 1) == hash then return true end
    at = entry_at + entry_len
  end
  return false
end

if (expires <= now) ~= (condition == 'expired') then return false end
-- Before a string is deleted without its token, it must be a session, and not a string of another application.
if condition == 'expired' and redis.call('GETRANGE', key, log_end, '-1') ~= tail then return {'damaged', ''} end
if condition == 'token' and token ~= hash then return {'replaced', rotated} end
if condition == 'index_entry' and not has_index_entry() then return false end
redis.call('UNLINK', key)
return index
