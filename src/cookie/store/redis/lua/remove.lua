-- Takes out the cookie of the owner ARGV[2] and the field ARGV[3], and gives its record.
local record = redis.call('HGET', key_of(ARGV[2]), ARGV[3])
if record then take_out(ARGV[2], { ARGV[3] }) end
return record
