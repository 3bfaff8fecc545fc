-- KEYS: the session. ARGV: what `script::commit` says. What may fail comes first, and all writing last.
-- Times and revisions are doubles here: exact below 2^53. Values are opaque strings.
local now, token, revision, below, counts = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local relabelled, label, next_token, next_idle, next_ends = ARGV[6], ARGV[7], ARGV[8], ARGV[9], ARGV[10]
local cleared, entries_until, grace = ARGV[11], ARGV[12], tonumber(ARGV[13])
local GROUPS = 14

local head = redis.call('HMGET', KEYS[1],
  'token', 'revision', 'expires', 'idle', 'ends', 'rotated', 'index', 'kept')
local expires, idle, ends, index, kept = head[3], head[4], head[5], head[7] or '', head[8]
if not head[1] or tonumber(expires) <= now then return {'missing'} end
if token ~= '' and token ~= head[1] then return {'replaced', head[6]} end
if revision ~= '' and revision ~= head[2] then return {'conflict', redis.call('HGETALL', KEYS[1])} end

local function text(number) return string.format('%.0f', number) end

local function expiry()
  local idle_out = now + tonumber(idle)
  if idle_out >= tonumber(ends) then return ends end
  return text(idle_out)
end

-- What is left of packed entries without the changed keys.
local function without(packed, changed)
  local rest, from, at = {}, 1, 1
  while at <= #packed do
    local key_len, value_len, key_at = struct.unpack('<I2I4', packed, at)
    local after = key_at + key_len + value_len
    if changed[string.sub(packed, key_at, key_at + key_len - 1)] then
      rest[#rest + 1] = string.sub(packed, from, at - 1)
      from = after
    end
    at = after
  end
  rest[#rest + 1] = string.sub(packed, from)
  return table.concat(rest)
end

local sets, dels = {}, {}
local function set(field, value)
  sets[#sets + 1] = field
  sets[#sets + 1] = value
end

local stored, next_index = {}, index
if cleared == '1' then
  for bucket = 0, 31 do dels[#dels + 1] = tostring(bucket) end
end
local at = GROUPS
while ARGV[at] do
  local field, count, changed = ARGV[at], tonumber(ARGV[at + 1]), {}
  for i = at + 2, at + 1 + count do changed[ARGV[i]] = true end
  local packed = ''
  if field == 'index' then
    packed = index
  elseif cleared ~= '1' then
    packed = redis.call('HGET', KEYS[1], field) or ''
  end
  packed = without(packed, changed) .. ARGV[at + 2 + count]
  if field == 'index' then next_index = packed end
  if packed == '' then dels[#dels + 1] = field else set(field, packed) end
  at = at + 3 + count
end

local next_revision = head[2]
if counts == '1' then
  next_revision = text(tonumber(head[2]) + 1)
  set('revision', next_revision)
end
local next_expires = expires
if below ~= '' then
  set('seen', ARGV[1])
  local due = math.min(now + math.floor(tonumber(idle) * tonumber(below) / 1000), tonumber(ends))
  if tonumber(expires) < due then next_expires = expiry() end
end
if relabelled == '1' then set('label', label) end
if next_token ~= '' then
  idle, ends = next_idle, next_ends
  set('token', next_token)
  set('rotated', ARGV[1])
  set('idle', idle)
  set('ends', ends)
  next_expires = expiry()
end
if next_expires ~= expires then set('expires', next_expires) end
if entries_until ~= '' and (not kept or tonumber(entries_until) < tonumber(kept)) then
  kept = entries_until
  set('kept', kept)
end

if #dels > 0 then redis.call('HDEL', KEYS[1], unpack(dels)) end
if #sets > 0 then redis.call('HSET', KEYS[1], unpack(sets)) end
if next_expires ~= expires then
  local ttl = math.max(tonumber(next_expires) - now, 0) + grace
  redis.call('PEXPIRE', KEYS[1], text(math.min(ttl, 4503599627370496)))
end

local done = {'done', next_revision, next_expires, index}
if next_index ~= '' and kept and tonumber(next_expires) > tonumber(kept) then
  done[5], done[6], done[7] = next_index, ends, kept
end
return done
