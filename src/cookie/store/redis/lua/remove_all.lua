-- Takes out what is in a scope, and says how many. ARGV[2] is its kind; of 'session' and 'all' that
-- is all, of 'expired' the time follows, of 'domain' the owner and what the field begins with.
local kind, removed = ARGV[2], 0

local function sweep(owner, goes)
  local all = redis.call('HGETALL', key_of(owner))
  local fields = {}
  for index = 1, #all, 2 do
    if goes(all[index], all[index + 1]) then fields[#fields + 1] = all[index] end
  end
  removed = removed + #fields
  take_out(owner, fields)
end

if kind == 'domain' then
  sweep(ARGV[3], function(field) return string.sub(field, 1, #ARGV[4]) == ARGV[4] end)
else
  local goes = {
    all = function() return true end,
    session = function(_, record) return read(record).discard end,
    expired = function(_, record) return is_expired(read(record), tonumber(ARGV[3])) end,
  }
  for _, owner in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do sweep(owner, goes[kind]) end
end
return removed
