-- What clients call.

local function version()
  return VERSION
end

local function is_stale(meta, clock)
  -- The clock may have been set back since.
  return math.abs(now_ms(clock) - meta.told_ms) > STALE_MS
end

-- KEYS meta. ARGV clock. What is known about the host, as JSON.
local function info(keys, args)
  local meta = read_meta(keys[1])
  if not meta then return fail('TT_STATE_NO_HOST', 'nothing is known of this host') end
  local numbers = {}
  for _, name in ipairs({ 'sequence', 'window_ns', 'entities', 'base_bytes', 'log_bytes', 'refused', 'shortened' }) do
    numbers[#numbers + 1] = string.format('"%s":%s', name, digits(meta[name]))
  end
  return string.format('{"origin_ns":"%s","now_ns":"%s","begin_ns":"%s","stale":%s,%s,"kinds":%s,"counters":%s}',
    meta.origin, plus_ns(meta.origin, meta.now), plus_ns(meta.origin, meta.begin), tostring(is_stale(meta, args[1])),
    table.concat(numbers, ','), meta.kinds, meta.counters)
end

-- What questions begin with: meta, properties of the kind, and the time; or an error.
local function asked(keys, kind, at)
  local meta = read_meta(keys[1])
  if not meta then return nil, fail('TT_STATE_NO_HOST', 'nothing is known of this host') end
  if tonumber(meta.format) ~= VERSION then return nil, fail('TT_STATE_FORMAT', 'another version of tailtrap wrote this state') end
  local time = time_of(at, meta)
  if not time then return nil, fail('TT_STATE_TIME', "the time must be now, nanoseconds since the epoch, or seconds as -2.5") end
  if time < meta.begin then
    return nil, fail('TT_STATE_OUTSIDE_WINDOW', string.format('this time is before the window of the state: ask for the last %.3f s', (meta.now - meta.begin) / 1e9))
  end
  return meta, (kinds_of(meta.kinds) or {})[kind] or {}, time
end

-- Entities of the base by uid. What is under the key of a kind that nobody told is none of ours.
local function base_of(key, properties)
  if #properties == 0 then return {} end
  local entities, flat = {}, redis.call('HGETALL', key)
  for i = 1, #flat, 2 do
    local uid = tonumber(flat[i])
    if uid then entities[uid] = unpacked(flat[i + 1]) end
  end
  return entities
end

-- Calls `each(row, time)` for the kind's rows of all batches.
local function each_row(log, kind, each)
  for _, packed in ipairs(redis.call('LRANGE', log, 0, -1)) do
    local batch = batch_of(packed)
    local text = batch[2][kind]
    for _, row in ipairs(text and rows_of(text) or {}) do each(row, batch[1] - row[2]) end
  end
end

local function matches(entity, conditions)
  for place, value in pairs(conditions) do
    if (json(entity[place])) ~= value then return false end
  end
  return true
end

-- What must be, by place, as JSON; nil when it cannot be read. A property that nobody has matches nothing but null.
local function conditions_of(text, places)
  if text == nil or text == '' then return {} end
  local ok, where = pcall(cjson.decode, text)
  if not ok or type(where) ~= 'table' then return nil end
  local conditions = {}
  for name, value in pairs(where) do conditions[places[name] or 0] = json(value) end
  return conditions
end

-- KEYS meta log base. ARGV kind at recent(0|1) where limit clock. All but the kind may be left out.
-- Answers JSON texts: about the host and the time, then one for each entity, by uid.
local function list(keys, args)
  local meta, properties, time = asked(keys, args[1], args[2])
  if not meta then return properties end
  local places = places_of(properties)
  local conditions = conditions_of(args[4], places)
  if not conditions then return fail('TT_STATE_WHERE', 'what the values must be has to be a JSON object') end
  local entities = base_of(keys[3], properties)
  each_row(keys[2], args[1], function(row, then_) if then_ <= time then change(entities, row) end end)
  local born, died = places.born, places.died
  -- What died before the window is forgotten, even when it is not collected yet.
  local gone = meta.now - meta.window_ns
  local since = args[3] == '1' and time - meta.window_ns or time
  local found = {}
  for uid, entity in pairs(entities) do
    local death = entity[died]
    local lives = type(death) ~= 'number' or (death > since and death > gone)
    if lives and type(entity[born]) == 'number' and entity[born] <= time and matches(entity, conditions) then
      found[#found + 1] = uid
    end
  end
  table.sort(found)
  local limit = tonumber(args[5]) or 0
  local answer = { string.format('{"origin_ns":"%s","at_ns":"%s","stale":%s,"found":%d}', meta.origin,
    plus_ns(meta.origin, time), tostring(is_stale(meta, args[6])), #found) }
  local names = {}
  for place, name in ipairs(properties) do names[place] = '"' .. name .. '":' end
  for i, uid in ipairs(found) do
    if limit > 0 and i > limit then break end
    local entity, parts = entities[uid], {}
    for place, name in ipairs(names) do parts[place] = name .. json(entity[place]) end
    answer[i + 1] = string.format('{"kind":"%s","uid":%s,"values":{', args[1], digits(uid)) .. table.concat(parts, ',') .. '}}'
  end
  return answer
end

-- KEYS meta log base. ARGV kind from to limit clock. Answers JSON texts: about the host and the time, then one for each
-- change after `from`, up to `to`, in the order of time. A new entity is one change, of the property `born`.
local function changes(keys, args)
  local meta, properties, from = asked(keys, args[1], args[2])
  if not meta then return properties end
  local to = time_of(args[3], meta)
  if not to then return fail('TT_STATE_TIME', 'the time must be now, nanoseconds since the epoch, or seconds as -2.5') end
  local entities, found = base_of(keys[3], properties), {}
  local function note(time, uid, property, before, after)
    found[#found + 1] = { time, #found, string.format('"uid":%s,"property":"%s","before":%s,"after":%s}', digits(uid),
      property, json(before), json(after)) }
  end
  each_row(keys[2], args[1], function(row, time)
    if time > to then return end
    local entity = entities[row[1]]
    if time > from and type(row[3]) == 'table' then note(time, row[1], 'born', nil, time) end
    if time > from and entity and type(row[3]) ~= 'table' then
      for i = 3, #row, 2 do
        local before = entity[row[i]]
        -- There and back between two batches.
        if (before or false) ~= row[i + 1] then note(time, row[1], properties[row[i]] or '?', before, row[i + 1]) end
      end
    end
    change(entities, row)
  end)
  table.sort(found, function(a, b) return a[1] < b[1] or (a[1] == b[1] and a[2] < b[2]) end)
  local limit = tonumber(args[4]) or 0
  local answer = { string.format('{"origin_ns":"%s","from_ns":"%s","to_ns":"%s","stale":%s,"found":%d}', meta.origin,
    plus_ns(meta.origin, from), plus_ns(meta.origin, to), tostring(is_stale(meta, args[5])), #found) }
  for i, change_ in ipairs(found) do
    if limit > 0 and i > limit then break end
    answer[i + 1] = string.format('{"time_ns":"%s","kind":"%s",', plus_ns(meta.origin, change_[1]), args[1]) .. change_[3]
  end
  return answer
end

redis.register_function({ function_name = 'tailtrap_version', callback = version, flags = { 'no-writes' } })
redis.register_function({ function_name = 'tailtrap_info', callback = info, flags = { 'no-writes' } })
redis.register_function({ function_name = 'tailtrap_list', callback = list, flags = { 'no-writes' } })
redis.register_function({ function_name = 'tailtrap_changes', callback = changes, flags = { 'no-writes' } })
