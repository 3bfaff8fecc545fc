\set n random(1, 2000)
SELECT part, revision, expires, rotated, login_rotated, token, created, last_seen, idle_timeout, absolute_end, label, parts_bytes, compacted_bytes, log FROM s WHERE id = decode(md5(:n::text),'hex');
