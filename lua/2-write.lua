-- What providers call.

-- Hash fields and values in calls of a bounded number of words: what Lua can pass.
local function in_parts(words, each)
  for from = 1, #words, MAX_WORDS do each(unpack(words, from, math.min(#words, from + MAX_WORDS - 1))) end
end

-- KEYS index. ARGV host clock retention_ms. The host is in the list of hosts for a while.
local function announce(keys, args)
  local index, now = keys[1], now_ms(args[2])
  local retention = tonumber(args[3]) or 0
  if not is_type(index, 'zset') then redis.call('UNLINK', index) end
  redis.call('ZREMRANGEBYSCORE', index, '-inf', '(' .. digits(now - retention))
  if not redis.call('ZSCORE', index, args[1]) and redis.call('ZCARD', index) >= MAX_HOSTS then
    return fail('TT_STATE_HOSTS', 'the store holds ' .. MAX_HOSTS .. ' hosts already')
  end
  redis.call('ZADD', index, digits(now), args[1])
  redis.call('PEXPIRE', index, digits(retention))
  return redis.status_reply('OK')
end

-- KEYS meta log. ARGV provider sequence to window_ns clock counters entities kinds, then kind rows ...
-- `entities`: how many live.
-- `kinds`: all kinds when some are new, else nothing. Answers applied, collect (applied; please collect), resynchronise.
local function apply(keys, args)
  local meta = read_meta(keys[1])
  if not meta or tonumber(meta.format) ~= VERSION or meta.provider ~= args[1] then return 'resynchronise' end
  if tonumber(args[2]) ~= meta.sequence + 1 or meta.log_bytes > MAX_LOG_BYTES then return 'resynchronise' end
  local to, window, entities = tonumber(args[3]), tonumber(args[4]), tonumber(args[7])
  if not to or not window or not entities or to < meta.now then return fail('TT_STATE_BATCH', 'time, window and entities must be numbers, forward') end
  local sections = {}
  for i = 9, #args, 2 do
    if not is_name(args[i]) or not args[i + 1] then return fail('TT_STATE_BATCH', 'kinds and their rows must come in pairs') end
    sections[args[i]] = args[i + 1]
  end
  if args[8] ~= '' and not kinds_of(args[8]) then return fail('TT_STATE_BATCH', 'the kinds cannot be read') end
  local batch = cmsgpack.pack({ to, sections })
  if #batch > MAX_BATCH_BYTES then return fail('TT_STATE_BATCH', 'the batch is longer than ' .. MAX_BATCH_BYTES .. ' bytes') end
  if not next(sections) then
    batch = ''
  elseif redis.call('RPUSH', keys[2], batch) == 1 then
    redis.call('PEXPIRE', keys[2], digits(meta.retention_ms))
  end
  local changed = {
    'sequence', args[2], 'now', args[3], 'window_ns', args[4], 'told_ms', digits(now_ms(args[5])), 'counters', args[6],
    'log_bytes', digits(meta.log_bytes + #batch), 'entities', digits(entities),
  }
  if args[8] ~= '' then
    changed[#changed + 1] = 'kinds'
    changed[#changed + 1] = args[8]
  end
  redis.call('HSET', keys[1], unpack(changed))
  local due = math.max(window / COLLECT_PART, MIN_COLLECT_NS)
  if to - window - meta.folded >= due or meta.log_bytes + #batch > MAX_LOG_BYTES / 2 then return 'collect' end
  if redis.call('PTTL', keys[1]) < meta.retention_ms * RENEW_PART then return 'collect' end
  return 'applied'
end

-- KEYS a kind that is being loaded. ARGV rows. All of them must be new entities. Answers how many there are now.
local function load(keys, args)
  if #args[1] > MAX_BATCH_BYTES then return fail('TT_STATE_BATCH', 'the part is longer than ' .. MAX_BATCH_BYTES .. ' bytes') end
  local rows = rows_of(args[1])
  if not rows then return fail('TT_STATE_BATCH', 'the rows cannot be read') end
  local pairs_ = {}
  for _, row in ipairs(rows) do
    if type(row[3]) ~= 'table' then return fail('TT_STATE_BATCH', 'a row that is loaded must have all values') end
    pairs_[#pairs_ + 1] = digits(row[1])
    pairs_[#pairs_ + 1] = cmsgpack.pack(row[3])
  end
  in_parts(pairs_, function(...) redis.call('HSET', keys[1], ...) end)
  redis.call('PEXPIRE', keys[1], LOADING_MS)
  return redis.call('HLEN', keys[1])
end

-- KEYS meta log, then loaded base ... for each kind. ARGV provider sequence to window_ns clock counters entities kinds origin_ns
-- retention_ms base_bytes, then the number of loaded entities for each kind. What was known before is void; the kinds that
-- there were have to be among those of KEYS, so that nothing is left of them.
local function commit(keys, args)
  local to, window, retention, entities = tonumber(args[3]), tonumber(args[4]), tonumber(args[10]), tonumber(args[7])
  local kinds = kinds_of(args[8])
  if not to or not window or not retention or not entities or not args[9]:match('^%d+$') or not kinds then
    return fail('TT_STATE_BATCH', 'the numbers or kinds cannot be read')
  end
  for i = 3, #keys, 2 do
    -- A part was lost: it expired, or the node that had it.
    if redis.call('HLEN', keys[i]) ~= tonumber(args[11 + (i - 1) / 2]) then return 'resynchronise' end
  end
  local meta = read_meta(keys[1])
  for kind in pairs(meta and kinds_of(meta.kinds) or {}) do
    if not kinds[kind] then return 'resynchronise' end
  end
  redis.call('UNLINK', keys[1], keys[2])
  for i = 3, #keys, 2 do
    redis.call('UNLINK', keys[i + 1])
    if redis.call('EXISTS', keys[i]) == 1 then
      redis.call('RENAME', keys[i], keys[i + 1])
      redis.call('PEXPIRE', keys[i + 1], args[10])
    end
  end
  redis.call('HSET', keys[1], 'format', VERSION, 'provider', args[1], 'sequence', args[2], 'origin_ns', args[9],
    'now', args[3], 'begin', args[3], 'window_ns', args[4], 'told_ms', digits(now_ms(args[5])), 'counters', args[6],
    'kinds', args[8], 'folded', digits(to - window), 'log_bytes', 0, 'base_bytes', args[11], 'entities', digits(entities),
    'refused', meta and digits(meta.refused) or 0, 'shortened', meta and digits(meta.shortened) or 0,
    'retention_ms', args[10])
  redis.call('PEXPIRE', keys[1], args[10])
  return 'applied'
end

-- What lists of rows, oldest first, make of the entities in the base: entities by uid, and how long those in the base are packed.
local function fold(key, lists)
  local fields, seen, count = {}, {}, 0
  for _, rows in ipairs(lists) do
    for _, row in ipairs(rows) do
      local uid = row[1]
      if not seen[uid] then
        seen[uid] = true
        count = count + 1
        fields[count] = digits(uid)
      end
    end
  end
  local entities, lengths, at = {}, {}, 0
  in_parts(fields, function(...)
    for _, packed in ipairs(redis.call('HMGET', key, ...)) do
      at = at + 1
      if packed then
        local uid = tonumber(fields[at])
        entities[uid], lengths[uid] = unpacked(packed), #packed
      end
    end
  end)
  for _, rows in ipairs(lists) do
    for _, row in ipairs(rows) do change(entities, row) end
  end
  return entities, lengths
end

-- Writes what entities have become. Answers the change of bytes, and the entities refused.
local function write(key, entities, lengths, died, room)
  local bytes, refused, gone, kept = 0, 0, {}, {}
  for uid, entity in pairs(entities) do
    local before = lengths[uid]
    if died and entity[died] then
      if before then
        gone[#gone + 1] = digits(uid)
        bytes = bytes - before
      end
    else
      local packed = cmsgpack.pack(entity)
      if before or bytes + #packed <= room then
        kept[#kept + 1] = digits(uid)
        kept[#kept + 1] = packed
        bytes = bytes + #packed - (before or 0)
      else
        refused = refused + 1
      end
    end
  end
  in_parts(gone, function(...) redis.call('HDEL', key, ...) end)
  in_parts(kept, function(...) redis.call('HSET', key, ...) end)
  return bytes, refused
end

-- KEYS meta log, then the base of each kind. ARGV provider, batches at most, then the kinds.
-- Answers `more` when there is more to fold.
local function collect(keys, args)
  local meta = read_meta(keys[1])
  if not meta or meta.provider ~= args[1] then return 'done' end
  local rows, kinds, finish = {}, kinds_of(meta.kinds) or {}, meta.now - meta.window_ns
  for i = 3, #keys do
    if not is_type(keys[i], 'hash') then return fail('TT_STATE_FORMAT', 'something else is in ' .. keys[i]) end
    rows[args[i]] = {}
  end
  local left, folded, shortened, log_bytes, answer = tonumber(args[2]), meta.folded, 0, meta.log_bytes, 'done'
  while true do
    local packed = redis.call('LINDEX', keys[2], 0)
    if not packed then break end
    local batch = batch_of(packed)
    local early = batch[1] > finish
    if early and log_bytes <= MAX_LOG_BYTES / 2 then break end
    if left == 0 then
      answer = 'more'
      break
    end
    for kind, text in pairs(batch[2]) do
      local lists = rows[kind]
      -- Rows that cannot be read are nobody's: they are skipped when somebody asks, too.
      if lists then lists[#lists + 1] = rows_of(text) end
    end
    if early then shortened = shortened + 1 end
    log_bytes, folded, left = log_bytes - #packed, math.max(folded, batch[1]), left - 1
    redis.call('LPOP', keys[2])
  end
  local bytes, refused = meta.base_bytes, meta.refused
  for i = 3, #keys do
    local kind = args[i]
    local room, died = MAX_BASE_BYTES - bytes, places_of(kinds[kind] or {}).died
    local changed, lengths = fold(keys[i], rows[kind])
    local more_bytes, denied = write(keys[i], changed, lengths, died, room)
    bytes, refused = bytes + more_bytes, refused + denied
  end
  if answer == 'done' then folded = math.max(folded, finish) end
  redis.call('HSET', keys[1], 'folded', digits(folded), 'log_bytes', digits(log_bytes), 'base_bytes', digits(bytes),
    'refused', digits(refused), 'shortened', digits(meta.shortened + shortened),
    'begin', digits(math.max(meta.begin, folded)))
  for _, key in ipairs(keys) do redis.call('PEXPIRE', key, digits(meta.retention_ms)) end
  return answer
end

-- KEYS meta. ARGV provider. The provider goes: what it told is stale from now on.
local function leave(keys, args)
  if redis.call('HGET', keys[1], 'provider') ~= args[1] then return 0 end
  return redis.call('HSET', keys[1], 'told_ms', 0)
end

redis.register_function('tailtrap_announce', announce)
redis.register_function('tailtrap_apply', apply)
redis.register_function('tailtrap_load', load)
redis.register_function('tailtrap_commit', commit)
-- These make room, or need none.
redis.register_function({ function_name = 'tailtrap_collect', callback = collect, flags = { 'allow-oom' } })
redis.register_function({ function_name = 'tailtrap_leave', callback = leave, flags = { 'allow-oom' } })
