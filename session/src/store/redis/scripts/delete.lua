-- KEYS: the session. ARGV: the time, what is to be shown, and the proof of it.
local now, proof, hash = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local head = redis.call('HMGET', KEYS[1], 'token', 'expires', 'rotated', 'index')
local token, expires, index = head[1], tonumber(head[2] or 0), head[4] or ''

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

if not token or (expires <= now) ~= (proof == 'expired') then return {'missing'} end
if proof == 'token' and token ~= hash then return {'replaced', head[3]} end
if proof == 'entry' and not has_entry() then return {'missing'} end
redis.call('UNLINK', KEYS[1])
return {'done', index}
