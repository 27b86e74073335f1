-- GEO-01: an invalid geometry, with the place of the fault.
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT %(layer)s, 'GEO-01', staged._row, staged._feature, NULL, fault.reason, ST_SetSRID(fault.location, ST_SRID(staged.geom))
FROM {staged} AS staged
CROSS JOIN LATERAL ST_IsValidDetail(staged.geom) AS fault
WHERE staged._row = ANY (%(rows)s) AND NOT ST_IsValid(staged.geom)
