-- What all scripts share. They run whole, and nothing of another comes between.
--
-- ARGV[1] is what all keys of the shard begin with. KEYS[1] has its owners, spelled backwards, all
-- with the score 0 and so in their order; KEYS[2] has the number of the last creation. The cookies
-- of an owner are a hash: fields are `.` or a blank, the length of the path (4 bytes), the path and
-- the name. A record is the creation (8 bytes), whether the user put it in (1), what it says (1 is
-- secure, 2 of this session, 4 that it expires), its end (8), and the rest of the cookie.

if redis.replicate_commands then redis.replicate_commands() end

local prefix = ARGV[1]

local function key_of(owner)
  return prefix .. 'o:' .. owner
end

local function read(record)
  local flags = string.byte(record, 10)
  local expires = nil
  if flags % 8 >= 4 then expires = struct.unpack('>i8', record, 11) end
  return {
    created = struct.unpack('>I8', record),
    by_user = string.byte(record, 9) == 1,
    secure = flags % 2 == 1,
    discard = flags % 4 >= 2,
    expires = expires,
  }
end

local function is_expired(cookie, now)
  return cookie.expires ~= nil and cookie.expires <= now
end

-- Counts up from cookie to cookie: the time in microseconds, or one more than the last.
local function next_created()
  local time = redis.call('TIME')
  local number = tonumber(time[1]) * 1000000 + tonumber(time[2])
  local last = tonumber(redis.call('GET', KEYS[2]) or '0')
  if number <= last then number = last + 1 end
  redis.call('SET', KEYS[2], string.format('%.0f', number))
  return number
end

-- Takes cookies of an owner out, and the owner with the last of them.
local function take_out(owner, fields)
  local key = key_of(owner)
  for _, field in ipairs(fields) do redis.call('HDEL', key, field) end
  if redis.call('EXISTS', key) == 0 then redis.call('ZREM', KEYS[1], owner) end
end

-- How long a cookie's key stays after its end: a day, so that no clock that goes wrong loses one.
local GRACE = 86400
local LONGEST = 10 * 366 * 86400

-- Stores a cookie, whatever else is there. It inherits the creation of `old`, the one in its place. The
-- key of an owner whose cookies all expire goes by the server's own clock, some time after them.
local function store(owner, field, body, by_user, now, old)
  local key = key_of(owner)
  local is_new, created = false, nil
  if old then
    old = read(old)
    created = old.created
    by_user = by_user or old.by_user
  else
    created = next_created()
    is_new = redis.call('EXISTS', key) == 0
  end
  local record = struct.pack('>I8', created) .. string.char(by_user and 1 or 0) .. body
  redis.call('HSET', key, field, record)
  if is_new then redis.call('ZADD', KEYS[1], 0, owner) end
  local cookie = read(record)
  if now and cookie.expires and not cookie.discard then
    local left = math.max(1, math.min(cookie.expires - now + GRACE, LONGEST))
    local before = is_new and 0 or redis.call('TTL', key)
    if before >= 0 and left > before then redis.call('EXPIRE', key, string.format('%.0f', left)) end
  elseif not is_new then
    redis.call('PERSIST', key)
  end
end

-- The records of the secure cookies of this name at, above and below this owner, always in the same
-- order.
local function rivals(owner, name)
  local found = {}
  local function look(one)
    local all = redis.call('HGETALL', key_of(one))
    local here = {}
    for index = 1, #all, 2 do
      local path = struct.unpack('>I4', all[index], 2)
      local record = all[index + 1]
      if string.sub(all[index], 6 + path) == name and read(record).secure then here[#here + 1] = record end
    end
    table.sort(here, function(a, b) return struct.unpack('>I8', a) < struct.unpack('>I8', b) end)
    for _, record in ipairs(here) do found[#found + 1] = record end
  end
  local one = owner
  while one ~= '' do
    look(one)
    one = string.match(one, '^(.*)%.[^.]*$') or ''
  end
  for _, below in ipairs(redis.call('ZRANGEBYLEX', KEYS[1], '[' .. owner .. '.', '(' .. owner .. '/')) do look(below) end
  return found
end
