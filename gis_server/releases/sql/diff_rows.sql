-- The differing features one by one: before and after as JSON, how far the shape moved, and both shapes in degrees.
SELECT CASE WHEN o.hash IS NULL THEN 'added' WHEN n.hash IS NULL THEN 'removed' ELSE 'changed' END AS kind,
       concat_ws(' · ', {key}) AS key, {old_fields} AS before, {new_fields} AS after,
       CASE WHEN o.hash IS NOT NULL AND n.hash IS NOT NULL THEN ST_HausdorffDistance(o.geom, n.geom) END AS moved_m,
       CASE WHEN {with_shapes} THEN ST_AsGeoJSON(ST_Transform(o.geom, 4326), 7, 0) END AS old_shape,
       CASE WHEN {with_shapes} THEN ST_AsGeoJSON(ST_Transform(n.geom, 4326), 7, 0) END AS new_shape
FROM ({old}) AS o FULL JOIN ({new}) AS n USING ({key})
WHERE (o.hash IS DISTINCT FROM n.hash OR o.source IS DISTINCT FROM n.source) AND {kinds}
LIMIT %(limit)s
