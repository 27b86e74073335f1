-- In place, so that the fid stays.
UPDATE {served} AS t
SET born = %(release)s, hash = c.hash, {assignments}, geom_3857 = {mercator}, clearance = {clearance}
FROM {changes} AS c JOIN {staged} AS s ON s.ctid = c.place
WHERE t.fid = c.fid
