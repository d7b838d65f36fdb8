#!lua name=tailtrap
-- The live states of machines in Redis 7 or Valkey: what providers write, what clients of any language ask, and the
-- window, which is kept here. docs/state-redis.md is the manual.
--
-- Keys of a host, all in one slot of a cluster:
--
--   tailtrap:{HOST}:meta        hash: who writes, until when, which kinds with which properties
--   tailtrap:{HOST}:log         list: the batches of the window, oldest first
--   tailtrap:{HOST}:base:KIND   hash: uid -> values; all there was before the oldest batch of the log
--
-- The state at a time is the base and the batches up to that time. Collecting folds batches that have left the window
-- into the base, several at once: what changed ten times is written once, and what died is gone.
--
-- A batch is {to, {KIND = rows}}; rows are JSON as they came, parsed when somebody asks for the kind or when they are folded:
--
--   [uid, ago, [value, ...]]             a new entity, its values in the order of the kind's properties
--   [uid, ago, place, value, place ...]  what changed of it; places in that order, from 1
--
-- `ago`: nanoseconds before `to`. Values are numbers, texts, and false for none. Times are nanoseconds since the host's
-- origin, exact as numbers; nanoseconds since the epoch are not, so they are texts.

local VERSION = 2
-- Of a batch: a busy machine tells some 100 kB.
local MAX_BATCH_BYTES = 8 * 1024 * 1024
-- Of the log: beyond half of it batches are folded before their time, beyond all of it the writer has to begin anew.
local MAX_LOG_BYTES = 16 * 1024 * 1024
-- Of the values of a host: a machine of 10,000 threads and 100,000 descriptors needs some 20 MB.
local MAX_BASE_BYTES = 128 * 1024 * 1024
local MAX_KINDS = 64
local MAX_PROPERTIES = 256
-- Hosts in one index.
local MAX_HOSTS = 10000
-- A host that tells nothing for this long is stale: writers tell at least once a second.
local STALE_MS = 5000
-- What is half loaded is forgotten after this time.
local LOADING_MS = 60000
-- Folded when this part of a window has left it, but not more often than once a second.
local COLLECT_PART = 2
local MIN_COLLECT_NS = 1e9
-- Or when this part of the retention is left: collecting renews it, for all keys.
local RENEW_PART = 0.75
-- Words of one command, an even number: Lua can pass some thousands.
local MAX_WORDS = 1000

local function fail(code, text)
  return redis.error_reply(code .. ' ' .. text)
end

-- Exact, unlike tostring.
local function digits(number)
  if number % 1 == 0 and number > -9007199254740993 and number < 9007199254740993 then
    return string.format('%.0f', number)
  end
  return string.format('%.17g', number)
end

local function json(value)
  local kind = type(value)
  if kind == 'number' then return digits(value) end
  if kind == 'string' then return cjson.encode(value) end
  return 'null'
end

local function now_ms(given)
  if given ~= nil and given ~= '' then return tonumber(given) end
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Nanoseconds since the epoch do not fit into a number: seconds and nanoseconds apart.
local function split_ns(text)
  return tonumber(text:sub(1, -10)) or 0, tonumber(text:sub(-9))
end

local function plus_ns(origin, time)
  local seconds, rest = split_ns(origin)
  local sum = rest + math.floor(time + 0.5)
  return string.format('%.0f%09.0f', seconds + math.floor(sum / 1e9), sum % 1e9)
end

-- `now` (or nothing), nanoseconds since the epoch, or seconds before now (`-2.5`).
local function time_of(text, meta)
  if text == nil or text == '' or text == 'now' then return meta.now end
  if text:match('^%-%d+%.?%d*$') then return meta.now + tonumber(text) * 1e9 end
  if not text:match('^%d+$') or #text > 19 then return nil end
  local seconds, rest = split_ns(text)
  local origin_seconds, origin_rest = split_ns(meta.origin)
  return (seconds - origin_seconds) * 1e9 + (rest - origin_rest)
end

local META = {
  'format', 'provider', 'sequence', 'origin_ns', 'now', 'begin', 'window_ns', 'told_ms', 'kinds', 'counters',
  'folded', 'log_bytes', 'base_bytes', 'entities', 'refused', 'shortened', 'retention_ms',
}
local NUMBERS = {
  'sequence', 'now', 'begin', 'window_ns', 'told_ms', 'folded', 'log_bytes', 'base_bytes', 'entities', 'refused',
  'shortened', 'retention_ms',
}

-- What others wrote there, by mistake or on purpose, counts as nothing.
local function is_type(key, wanted)
  local found = redis.call('TYPE', key).ok
  return found == wanted or found == 'none'
end

-- nil: nothing is known of the host.
local function read_meta(key)
  local values = redis.pcall('HMGET', key, unpack(META))
  if values.err then
    if values.err:match('WRONGTYPE') then return nil end
    error(values)
  end
  local meta = {}
  for i, name in ipairs(META) do meta[name] = values[i] end
  if not (meta.format and meta.provider and meta.kinds and meta.counters) then return nil end
  if not (meta.origin_ns and meta.origin_ns:match('^%d+$')) then return nil end
  for _, name in ipairs(NUMBERS) do meta[name] = tonumber(meta[name]) or 0 end
  meta.origin = meta.origin_ns
  -- What was before the window is not asked for, even when it is not folded yet.
  meta.begin = math.max(meta.begin, meta.now - meta.window_ns)
  return meta
end

local function places_of(properties)
  local places = {}
  for place, name in ipairs(properties) do places[name] = place end
  return places
end

local function is_name(text)
  return type(text) == 'string' and #text <= 64 and text:match('^[a-z][a-z0-9_]*$') ~= nil
end

-- Kinds with their properties, as JSON; nil when it is not that.
local function kinds_of(text)
  local ok, kinds = pcall(cjson.decode, text)
  if not ok or type(kinds) ~= 'table' then return nil end
  local count = 0
  for kind, properties in pairs(kinds) do
    count = count + 1
    if count > MAX_KINDS or not is_name(kind) then return nil end
    if type(properties) ~= 'table' or #properties > MAX_PROPERTIES then return nil end
    for _, name in ipairs(properties) do
      if not is_name(name) then return nil end
    end
  end
  return kinds
end

-- A table that was packed; nil when it is none.
local function unpacked(packed)
  local ok, value = pcall(cmsgpack.unpack, packed)
  if ok and type(value) == 'table' then return value end
end

-- A batch; one that cannot be read tells nothing.
local function batch_of(packed)
  local batch = unpacked(packed)
  if batch and type(batch[1]) == 'number' and type(batch[2]) == 'table' then return batch end
  return { -math.huge, {} }
end

-- Rows of one kind; nil when it is not a list of rows.
local function rows_of(text)
  if type(text) ~= 'string' then return nil end
  local ok, rows = pcall(cjson.decode, text)
  if not ok or type(rows) ~= 'table' then return nil end
  -- Globals are looked up each time: this loop runs over every value of a host, twice a second.
  local type = type
  for _, row in ipairs(rows) do
    if type(row) ~= 'table' or type(row[1]) ~= 'number' or type(row[2]) ~= 'number' or row[3] == nil then return nil end
    if type(row[3]) ~= 'table' then
      for i = 3, #row, 2 do
        local place = row[i]
        if type(place) ~= 'number' or place < 1 or place > MAX_PROPERTIES then return nil end
      end
    end
  end
  return rows
end

-- Applies a row to the entities by uid; changes of what is not there are nobody's.
local function change(entities, row)
  local uid = row[1]
  if type(row[3]) == 'table' then
    entities[uid] = row[3]
    return
  end
  local entity = entities[uid]
  if not entity then return end
  for i = 3, #row, 2 do entity[row[i]] = row[i + 1] end
end
