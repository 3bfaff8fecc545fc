-- KEYS: the session. ARGV: the time, what is to be shown, and the proof of it. `layout.rs` says what lies where.
local key, proof, hash = KEYS[1], ARGV[2], ARGV[3]
local now = struct.unpack('<i8', ARGV[1])
local tail = redis.call('GETRANGE', key, '-80', '-1')
if tail == '' then return false end
local token, _, _, expires = struct.unpack('<c32i8i8i8', tail)
local rotated, index_len = struct.unpack('<c8xxxxxxxxxxxxxxxxI4', redis.call('GETRANGE', key, 0, 27))
local index = redis.call('GETRANGE', key, 36, 35 + index_len)

local function has_entry()
  local at = 1
  while at <= #index do
    local key_len, value_len, key_at = struct.unpack('<I2I4', index, at)
    local value_at = key_at + key_len
    if string.sub(index, value_at, value_at + #hash - 1) == hash then return true end
    at = value_at + value_len
  end
  return false
end

if (expires <= now) ~= (proof == 'expired') then return false end
if proof == 'token' and token ~= hash then return {'replaced', rotated} end
if proof == 'entry' and not has_entry() then return false end
redis.call('UNLINK', key)
return index
