-- KEYS: the session. ARGV: the time, what is to be shown, and the proof of it. `layout.rs` says what lies where.
local HEAD = 112
local key, proof, hash = KEYS[1], ARGV[2], ARGV[3]
local now = struct.unpack('<i8', ARGV[1])
local head = redis.call('GETRANGE', key, 0, HEAD - 1)
if head == '' then return 'm' end
local expires, token = struct.unpack('<i8c32', head, 17)
local index_len = struct.unpack('<I4', head, 97)
local index = index_len > 0 and redis.call('GETRANGE', key, HEAD, HEAD + index_len - 1) or ''

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

if (expires <= now) ~= (proof == 'expired') then return 'm' end
if proof == 'token' and token ~= hash then return 'r' .. string.sub(head, 57, 64) end
if proof == 'entry' and not has_entry() then return 'm' end
redis.call('UNLINK', key)
return 'd' .. index
