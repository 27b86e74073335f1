SELECT served.fid, served.geom
FROM meta.search_entry AS entry JOIN {rows} AS served ON served.fid = entry.fid
WHERE wanted.layer = {id} AND entry.name_id = wanted.name_id
