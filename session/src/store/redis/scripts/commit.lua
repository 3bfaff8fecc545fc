-- KEYS: the session. ARGV: what `script::commit` says. What may fail comes first, and all writing last.
-- `layout.rs` says what lies where. Numbers are doubles here, exact below 2^53; what stays as it is stays bytes.
local HEAD, SLACK, TIGHT, GRACE = 112, 1024, 32768, 60000
local key, changes = KEYS[1], ARGV[3]
local now, below, against, touches, compares, counts, clears = struct.unpack('<i8I2I8BBBB', ARGV[1])

local head = redis.call('GETRANGE', key, 0, HEAD - 1)
if head == '' then return 'm' end
local revision, _, expires, token, _, idle, ends, _, kept, index_len, label_len, log_at, folded =
  struct.unpack('<I8i8i8c32i8I8i8i8i8I4I4I4I4', head)
if expires <= now then return 'm' end
if ARGV[2] ~= '' and token ~= ARGV[2] then return 'r' .. string.sub(head, 57, 64) end
if compares == 1 and revision ~= against then return 'c' .. redis.call('GET', key) end

local now_is, ends_is, kept_is = string.sub(ARGV[1], 1, 8), string.sub(head, 73, 80), string.sub(head, 89, 96)
local moves = touches == 1 and expires < ends and expires < now + math.floor(idle * below / 1000)
local rotation = ARGV[4] or ''
if rotation ~= '' then
  idle, ends = struct.unpack('<I8i8', rotation, 33)
  ends_is, moves = string.sub(rotation, 41, 48), true
  rotation = string.sub(rotation, 1, 32) .. now_is .. string.sub(rotation, 33, 48)
end

-- What lies between the head and the log, and what the head says of it, if they change.
local own, parts, before, index = nil, nil, '', nil
if ARGV[5] then
  local label, entries_until, entries = ARGV[5], ARGV[6], ARGV[7]
  own = redis.call('GETRANGE', key, HEAD, log_at - 1)
  before = string.sub(own, 1, index_len)
  if label == '' then label = string.sub(own, index_len + 1, index_len + label_len) end

  -- The index entries without those of the changed keys, and with the new ones.
  local changed, others, from, at = {}, {}, 1, 1
  for i = 8, #ARGV do changed[ARGV[i]] = true end
  while at <= #before do
    local key_len, value_len, key_at = struct.unpack('<I2I4', before, at)
    local after = key_at + key_len + value_len
    if changed[string.sub(before, key_at, key_at + key_len - 1)] then
      others[#others + 1] = string.sub(before, from, at - 1)
      from = after
    end
    at = after
  end
  index = table.concat(others) .. string.sub(before, from) .. entries
  if entries_until ~= '' then
    local until_then = struct.unpack('<i8', entries_until)
    if until_then < kept then kept, kept_is = until_then, entries_until end
  end

  local room = log_at - HEAD
  own, index_len, label_len = index .. label, #index, #label
  own = own .. string.rep('\0', room - #own)
  parts = kept_is .. struct.pack('<I4I4', index_len, label_len)
end

local revision_is, seen_is, expires_is = string.sub(head, 1, 8), string.sub(head, 9, 16), string.sub(head, 17, 24)
if counts == 1 then revision_is = struct.pack('<I8', revision + 1) end
if touches == 1 then seen_is = now_is end
if moves then
  expires, expires_is = ends, ends_is
  if now + idle < ends then
    expires = now + idle
    expires_is = struct.pack('<i8', expires)
  end
end
local numbers = revision_is .. seen_is .. expires_is
local ttl = math.min(math.max(expires - now, 0) + GRACE, 2 ^ 52)

local done = 'd' .. numbers
local is_due = index_len > 0 and expires > kept
if is_due and not index then index = redis.call('GETRANGE', key, HEAD, HEAD + index_len - 1) end
if before ~= '' or is_due then done = done .. struct.pack('<I4', #before) .. before end
if is_due then done = done .. kept_is .. ends_is .. index end

local log = nil
if clears == 1 then
  log, folded = changes, #changes
elseif own and HEAD + #own > log_at then
  log = redis.call('GETRANGE', key, log_at, -1) .. changes
else
  local len = changes ~= '' and redis.call('APPEND', key, changes) or 0
  if own then
    if rotation == '' then rotation = string.sub(head, 25, 80) end
    numbers = table.concat({numbers, rotation, string.sub(head, 81, 88), parts, string.sub(head, 105), own})
  else
    numbers = numbers .. rotation
  end
  redis.call('SETRANGE', key, 0, numbers)
  if len > 0 and len <= TIGHT and (revision < 16 or revision % 8 == 0) then
    -- An append leaves the string room for as much again. Its copy has none, and no time to live. Most sessions are
    -- written a few times and lie there; one that is written often would pay more for the copies than for the room.
    redis.call('BITOP', 'OR', key, key)
    moves = true
  end
  if moves then redis.call('PEXPIRE', key, ttl) end
  if len - log_at <= 2 * folded + SLACK then return done end
  log = redis.call('GETRANGE', key, log_at, -1)
end

-- The last word on each key that has a value; nothing if the log is damaged.
local function fold()
  local sub, floor = string.sub, math.floor
  local starts, last, drops, count, at = {}, {}, {}, 0, 1
  while at <= #log do
    local lengths = tonumber(sub(log, at + 1, at + 14))
    if not lengths or lengths < 0 then return nil end
    local key_len = floor(lengths / 1e10)
    local name = sub(log, at + 15, at + 14 + key_len)
    count = count + 1
    starts[count] = at
    if last[name] then drops[last[name]] = true end
    if sub(log, at, at) == '-' then drops[count] = true end
    last[name] = count
    at = at + 15 + key_len + lengths - key_len * 1e10
  end
  if at ~= #log + 1 then return nil end
  starts[count + 1] = at
  local rest, from = {}, 1
  for i = 1, count do
    if drops[i] then
      if from < starts[i] then rest[#rest + 1] = sub(log, from, starts[i] - 1) end
      from = starts[i + 1]
    end
  end
  rest[#rest + 1] = sub(log, from)
  return table.concat(rest)
end

if #log > 2 * folded + SLACK then
  log = fold() or log
  folded = #log
end
own = own or redis.call('GETRANGE', key, HEAD, log_at - 1)
if rotation == '' then rotation = string.sub(head, 25, 80) end
parts = string.sub(head, 81, 88) .. (parts or string.sub(head, 89, 104)) .. struct.pack('<I4I4', HEAD + #own, folded)
redis.call('SET', key, table.concat({string.sub(numbers, 1, 24), rotation, parts, own, log}), 'PX', ttl)
return done
