-- KEYS: the session. ARGV: what `script::commit` says. What may fail comes first, and all writing last.
-- `layout.rs` says what lies where. Numbers are doubles here, exact below 2^53; what stays as it is stays bytes.
-- Lua hashes every string it makes, byte by byte: an ordinary commit makes few, and sees nothing but the tail.
local call, pack, unpack, sub = redis.call, struct.pack, struct.unpack, string.sub
local HEAD, SLACK, TIGHT, GRACE = 36, 512, 32768, 60000
local key, changes = KEYS[1], ARGV[2]
local now, below, shows, touches, counts, clears, shown = unpack('<i8I2BBBBc32', ARGV[1])

local tail = call('GETRANGE', key, '-80', '-1')
if tail == '' then return false end
local token, idle, kept, expires, revision, fold_at, log_end = unpack('<c32I8i8i8I8I4I4', tail)
if expires <= now then return false end
if shows == 1 and token ~= shown then return {'replaced', call('GETRANGE', key, '0', '7')} end
if #ARGV[1] > 46 and sub(ARGV[1], 47) ~= sub(tail, 57, 64) then
  return {'conflict', call('GET', key)}
end

local is_near = (expires - now + 1) * 1000 <= idle * below
local ends_at, log, fixed, front, moves, more = log_end + #changes, nil, tail, nil, false, ''

-- What is rare: it needs to know more of the session than its tail, or writes more of it.
if is_near or kept < expires or ends_at > fold_at or clears == 1 or ARGV[3] then
  -- The last word on each key that has a value; nothing if the log is damaged.
  local function fold(log)
    local floor = math.floor
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

  -- The index entries without those of the changed keys, and with the new ones.
  local function indexed(before)
    local changed, others, from, at = {}, {}, 1, 1
    for i = 7, #ARGV do changed[ARGV[i]] = true end
    while at <= #before do
      local key_len, value_len, key_at = unpack('<I2I4', before, at)
      local after = key_at + key_len + value_len
      if changed[sub(before, key_at, key_at + key_len - 1)] then
        others[#others + 1] = sub(before, from, at - 1)
        from = after
      end
      at = after
    end
    return table.concat(others) .. sub(before, from) .. ARGV[6]
  end

  local head = call('GETRANGE', key, 0, HEAD - 1)
  local ends, _, index_len, label_len, log_at = unpack('<i8i8I4I4I4', head, 9)
  local own, room = call('GETRANGE', key, HEAD, log_at - 1), log_at - HEAD
  local index, label = sub(own, 1, index_len), sub(own, index_len + 1, index_len + label_len)
  local rotated_is, ends_is = sub(head, 1, 8), sub(head, 9, 16)
  local token_is, kept_is, expires_is = sub(tail, 1, 40), sub(tail, 41, 48), sub(tail, 49, 56)

  moves = is_near and expires < ends
  if (ARGV[3] or '') ~= '' then
    idle, ends = unpack('<I8i8', ARGV[3], 33)
    token_is, ends_is, rotated_is, moves = sub(ARGV[3], 1, 40), sub(ARGV[3], 41), ARGV[1], true
  end
  if moves then
    expires, expires_is = ends, ends_is
    if now + idle < ends then
      expires = now + idle
      expires_is = pack('<i8', expires)
    end
  end

  local before = ''
  if ARGV[4] then
    before, index = index, indexed(index)
    if ARGV[4] ~= '' then label = ARGV[4] end
    local until_then = ARGV[5] ~= '' and unpack('<i8', ARGV[5]) or kept
    if until_then < kept then kept, kept_is = until_then, ARGV[5] end
  end
  local is_due = #index > 0 and expires > kept
  if before ~= '' or is_due then more = pack('<I4', #before) .. before end
  if is_due then more = more .. kept_is .. ends_is .. index end

  -- Entries and label keep their place until they outgrow it; then the session is written anew, as when its log has
  -- grown too long.
  local len, folds = #index + #label, ends_at > fold_at
  if clears == 1 then
    log, folds = changes, true
  elseif len > room or folds then
    log = call('GETRANGE', key, log_at, log_end - 1) .. changes
    if folds then log = fold(log) or log end
  end
  if log or ARGV[3] then
    log_at = HEAD + math.max(len, room)
    front = pack('<c8c8c8I4I4I4', rotated_is, ends_is, sub(head, 17), #index, #label, log_at)
    front = table.concat({front, index, label, string.rep('\0', log_at - HEAD - len)})
  end
  if log then
    ends_at = log_at + #log
    fold_at = folds and ends_at + #log + SLACK or fold_at + log_at - HEAD - room
  end
  fixed = token_is .. kept_is .. expires_is
end

local seen_is = touches == 1 and ARGV[1] or sub(tail, 73)
local written = pack('<c0c56I8I4I4c8', log or changes, fixed, revision + counts, fold_at, ends_at, seen_is)
if log then
  call('SET', key, front .. written)
  moves = true
else
  if front then call('SETRANGE', key, 0, front) end
  call('SETRANGE', key, log_end, written)
  if changes ~= '' and ends_at <= TIGHT and (revision < 16 or revision % 8 == 0) then
    -- Writing past the end leaves the string room for as much again. Its copy has none, and no time to live. Most
    -- sessions are written a few times and lie there; one that is written often would pay more for the copies.
    call('BITOP', 'OR', key, key)
    moves = true
  end
end
if moves then call('PEXPIRE', key, math.min(math.max(expires - now, 0) + GRACE, 2 ^ 52)) end
return sub(written, -32, -17) .. more
