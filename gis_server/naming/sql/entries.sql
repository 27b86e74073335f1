-- Which of those rows bears which name.
INSERT INTO meta.search_entry (fid, name_id, number)
SELECT born_now.fid, known.name_id, born_now.number
FROM (SELECT fid, {words} AS name, {number} AS number FROM {table} WHERE {field} IS NOT NULL AND {since}) AS born_now
JOIN meta.search_name AS known ON known.name = born_now.name
WHERE known.layer = %(layer)s AND known.field = %(field)s
