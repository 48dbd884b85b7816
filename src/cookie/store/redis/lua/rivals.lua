-- The records of the secure rivals of a cookie of the owner ARGV[2] and the name ARGV[3].
return rivals(ARGV[2], ARGV[3])
