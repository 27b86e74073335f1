-- The area of each commune code, of every era that is served.
SELECT {code}, ST_AsBinary(ST_Union(geom))
FROM {layer}
WHERE {code} = ANY (%(codes)s)
GROUP BY {code}
