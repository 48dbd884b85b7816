-- Stores cookies that the user puts in; ARGV[2] is '1' if all others go. Behind it stand the owner,
-- the field and the body of each.
if ARGV[2] == '1' then
  for _, owner in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do redis.call('DEL', key_of(owner)) end
  redis.call('DEL', KEYS[1])
end
for index = 3, #ARGV, 3 do
  local owner, field, body = ARGV[index], ARGV[index + 1], ARGV[index + 2]
  store(owner, field, body, true, nil, redis.call('HGET', key_of(owner), field))
end
return 0
