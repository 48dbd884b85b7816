-- Every record, or with ARGV[2] == 'count' how many there are. Owners whose key went by itself are
-- forgotten.
local records, count = {}, 0
for _, owner in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local number = redis.call('HLEN', key_of(owner))
  count = count + number
  if number == 0 then
    redis.call('ZREM', KEYS[1], owner)
  elseif ARGV[2] ~= 'count' then
    for _, record in ipairs(redis.call('HVALS', key_of(owner))) do records[#records + 1] = record end
  end
end
if ARGV[2] == 'count' then return count end
return records
