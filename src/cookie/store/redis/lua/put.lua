-- All of `CookieStore::put`, in one step: 0 is stored, 1 full, 2 changed.
--
-- ARGV: the owner, the field, the body, '1' if the user puts it in, the time ('' for the user), how
-- many of an owner, how many in all ('' for no limit), '1' if secure ones may be evicted, the name,
-- how many rivals were judged ('' if none are guarded), and the bodies of those.
local owner, field, body, by_user = ARGV[2], ARGV[3], ARGV[4], ARGV[5] == '1'
local now, per_domain, total = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local evict_secure, name, judged = ARGV[9] == '1', ARGV[10], tonumber(ARGV[11])

local old = redis.call('HGET', key_of(owner), field)
if by_user then
  store(owner, field, body, true, nil, old)
  return 0
end

if judged then
  local found = rivals(owner, name)
  if #found ~= judged then return 2 end
  for index, record in ipairs(found) do
    if string.sub(record, 10) ~= ARGV[11 + index] then return 2 end
  end
end

if is_expired(read(string.rep('\0', 9) .. body), now) then
  take_out(owner, { field })
  return 0
end

-- What servers have set of an owner: owner, field and what it says, behind the others.
local function of_servers(one, found)
  local all = redis.call('HGETALL', key_of(one))
  for index = 1, #all, 2 do
    local cookie = read(all[index + 1])
    if not cookie.by_user then
      cookie.owner, cookie.field = one, all[index]
      found[#found + 1] = cookie
    end
  end
  return found
end

-- What has expired goes first, by its end, then the oldest that is not secure, then the oldest.
local function rank(cookie)
  if is_expired(cookie, now) then return 0, cookie.expires end
  if not cookie.secure then return 1, 0 end
  return 2, 0
end

local function goes_before(one, other)
  local first, end_of_first = rank(one)
  local second, end_of_second = rank(other)
  if first ~= second then return first < second end
  if end_of_first ~= end_of_second then return end_of_first < end_of_second end
  return one.created < other.created
end

-- Evicts until fewer than `limit` of these are left; false if there is nothing more that may go.
local function evict(found, limit)
  local surplus = #found - limit + 1
  if surplus <= 0 then return true end
  table.sort(found, goes_before)
  for _, cookie in ipairs(found) do
    if surplus == 0 then break end
    if rank(cookie) == 2 and not evict_secure then return false end
    take_out(cookie.owner, { cookie.field })
    surplus = surplus - 1
  end
  return surplus == 0 or limit == 0
end

if not old then
  if per_domain and redis.call('HLEN', key_of(owner)) >= per_domain then
    if not evict(of_servers(owner, {}), per_domain) then return 1 end
    -- What the user put in keeps even a limit of nothing from being kept.
    if per_domain == 0 and redis.call('EXISTS', key_of(owner)) == 1 then return 1 end
  end
  if total then
    local found = {}
    for _, one in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do of_servers(one, found) end
    if total == 0 and #found > 0 then evict(found, 0) end
    if total == 0 or not evict(found, total) then return 1 end
  end
  if per_domain == 0 then return 1 end
end
store(owner, field, body, false, now, old)
return 0
