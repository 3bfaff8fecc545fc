-- Applies a commit to a session. `layout.rs` documents the format.
-- KEYS: the session. ARGV: see `commit_call` in `commit.rs`.
-- All steps that can fail come first, so that no write is partial: a user without the right to a command stores nothing.
-- Numbers are doubles, exact below 2^53. Unchanged numbers are copied as bytes.
-- Lua hashes every string that it creates, so an ordinary commit creates few and reads only the tail.
local call, pack, unpack, sub = redis.call, struct.pack, struct.unpack, string.sub
local HEAD_BYTES, COMPACT_SLACK_BYTES = 44, 512
local SHRINK_LIMIT_BYTES, EXPIRY_MARGIN_MS = 32768, 60000
local key, changes = KEYS[1], ARGV[2]
local now, renew_below, has_token, is_activity, is_mutation, is_cleared, expected_token =
  unpack('<i8I2BBBBc32', ARGV[1])

local tail = call('GETRANGE', key, '-80', '-1')
if tail == '' then return false end
local token, idle, index_expires, expires, revision, compact_above, log_end = unpack('<c32I8i8i8I8I4I4', tail)
local previous_expires = expires
if expires <= now then return false end
if has_token == 1 and token ~= expected_token then return {'replaced', call('GETRANGE', key, '0', '7')} end
if #ARGV[1] > 46 and sub(ARGV[1], 47) ~= sub(tail, 57, 64) then
  return {'conflict', call('GET', key)}
end

local may_renew = (expires - now + 1) * 1000 <= idle * renew_below
local new_log_end, log, tail_start, front, sets_ttl, index_reply = log_end + #changes, nil, tail, nil, false, ''

-- The rare cases: they read more than the tail, or write more than the tail and new log entries.
if may_renew or index_expires < expires or new_log_end > compact_above or is_cleared == 1 or ARGV[3] then
  -- Keeps the last entry of each key that has a value. Returns nil if the log is damaged.
  local function compact(log)
    local floor = math.floor
    local starts, last, is_obsolete, count, at = {}, {}, {}, 0, 1
    while at <= #log do
      local lengths = tonumber(sub(log, at + 1, at + 14))
      if not lengths or lengths < 0 then return nil end
      local key_len = floor(lengths / 1e10)
      local name = sub(log, at + 15, at + 14 + key_len)
      count = count + 1
      starts[count] = at
      if last[name] then is_obsolete[last[name]] = true end
      if sub(log, at, at) == '-' then is_obsolete[count] = true end
      last[name] = count
      at = at + 15 + key_len + lengths - key_len * 1e10
    end
    if at ~= #log + 1 then return nil end
    starts[count + 1] = at
    local parts, from = {}, 1
    for i = 1, count do
      if is_obsolete[i] then
        if from < starts[i] then parts[#parts + 1] = sub(log, from, starts[i] - 1) end
        from = starts[i + 1]
      end
    end
    parts[#parts + 1] = sub(log, from)
    return table.concat(parts)
  end

  -- Removes the index entries of the changed keys, and appends the new entries.
  local function update_index(before)
    local is_changed, parts, from, at = {}, {}, 1, 1
    for i = 7, #ARGV do is_changed[ARGV[i]] = true end
    while at <= #before do
      local key_len, entry_len, key_at = unpack('<I2I4', before, at)
      local after = key_at + key_len + entry_len
      if is_changed[sub(before, key_at, key_at + key_len - 1)] then
        parts[#parts + 1] = sub(before, from, at - 1)
        from = after
      end
      at = after
    end
    return table.concat(parts) .. sub(before, from) .. ARGV[6]
  end

  local head = call('GETRANGE', key, 0, HEAD_BYTES - 1)
  local absolute_end, _, index_len, label_len, log_start = unpack('<i8i8I4I4I4', head, 17)
  local index_and_label, capacity = call('GETRANGE', key, HEAD_BYTES, log_start - 1), log_start - HEAD_BYTES
  local index, label = sub(index_and_label, 1, index_len), sub(index_and_label, index_len + 1, index_len + label_len)
  local rotated_bytes, login_rotated_bytes, absolute_end_bytes = sub(head, 1, 8), sub(head, 9, 16), sub(head, 17, 24)
  local token_and_idle, index_expires_bytes, expires_bytes = sub(tail, 1, 40), sub(tail, 41, 48), sub(tail, 49, 56)

  sets_ttl = may_renew and expires < absolute_end
  if (ARGV[3] or '') ~= '' then
    idle, absolute_end = unpack('<I8i8', ARGV[3], 33)
    token_and_idle, absolute_end_bytes = sub(ARGV[3], 1, 40), sub(ARGV[3], 41, 48)
    rotated_bytes, sets_ttl = ARGV[1], true
    if #ARGV[3] > 48 then
      -- No two logins have the same time. The time of no login is below every other.
      local login_rotated, _, created = unpack('<i8i8i8', head, 9)
      local previous = math.max(login_rotated, created)
      login_rotated_bytes = previous < now and ARGV[1] or pack('<i8', previous + 1)
    end
  end
  if sets_ttl then
    expires, expires_bytes = absolute_end, absolute_end_bytes
    if now + idle < absolute_end then
      expires = now + idle
      expires_bytes = pack('<i8', expires)
    end
  end

  local previous_index = ''
  if ARGV[4] then
    previous_index, index = index, update_index(index)
    if ARGV[4] ~= '' then label = ARGV[4] end
    local new_index_expires = ARGV[5] ~= '' and unpack('<i8', ARGV[5]) or index_expires
    if new_index_expires < index_expires then
      index_expires, index_expires_bytes = new_index_expires, ARGV[5]
    end
  end
  local outlives_index = #index > 0 and expires > index_expires
  if previous_index ~= '' or outlives_index then
    index_reply = pack('<I4', #previous_index) .. previous_index
  end
  if outlives_index then index_reply = index_reply .. index_expires_bytes .. absolute_end_bytes .. index end

  -- Index entries and label are replaced in place while they fit. Otherwise the whole session is rewritten, as after a
  -- compaction.
  local len, compacts = #index + #label, new_log_end > compact_above
  if is_cleared == 1 then
    log, compacts = changes, true
  elseif len > capacity or compacts then
    log = call('GETRANGE', key, log_start, log_end - 1) .. changes
    if compacts then log = compact(log) or log end
  end
  if log or ARGV[3] then
    log_start = HEAD_BYTES + math.max(len, capacity)
    front = pack('<c8c8c8c8I4I4I4', rotated_bytes, login_rotated_bytes, absolute_end_bytes, sub(head, 25), #index, #label,
      log_start)
    front = table.concat({front, index, label, string.rep('\0', log_start - HEAD_BYTES - len)})
  end
  if log then
    new_log_end = log_start + #log
    if compacts then
      compact_above = new_log_end + #log + COMPACT_SLACK_BYTES
    else
      compact_above = compact_above + log_start - HEAD_BYTES - capacity
    end
  end
  tail_start = token_and_idle .. index_expires_bytes .. expires_bytes
end

local last_seen_bytes = is_activity == 1 and ARGV[1] or sub(tail, 73)
local written = pack('<c0c56I8I4I4c8', log or changes, tail_start, revision + is_mutation, compact_above, new_log_end,
  last_seen_bytes)
if not log and changes ~= '' and new_log_end <= SHRINK_LIMIT_BYTES and (revision < 16 or revision % 8 == 0) then
  -- Redis doubles the allocation of a string that grows. A new string has the exact size. Sessions with many commits
  -- are rewritten rarely, because each rewrite costs time.
  front, log = (front or '') .. call('GETRANGE', key, front and #front or 0, log_end - 1), changes
end
local ttl = math.min(math.max(expires - now, 0) + EXPIRY_MARGIN_MS, 2 ^ 52)
if log then
  call('SET', key, front .. written, 'PX', ttl)
else
  -- A longer time to live is harmless if the write then fails. A shorter one only frees memory.
  if sets_ttl and expires >= previous_expires then call('PEXPIRE', key, ttl) end
  call('SETRANGE', key, log_end, written)
  if front then call('SETRANGE', key, 0, front) end
  if sets_ttl and expires < previous_expires then redis.pcall('PEXPIRE', key, ttl) end
end
return sub(written, -32, -17) .. index_reply
