-- NET-01: an end of a line has none of the things of a network near it.
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT %(layer)s, 'NET-01', staged._row, staged._feature, NULL, tip.name, tip.place
FROM {staged} AS staged
CROSS JOIN LATERAL ST_Dump(staged.geom) AS part
CROSS JOIN LATERAL (VALUES ('đầu · first', ST_StartPoint(part.geom)), ('cuối · last', ST_EndPoint(part.geom))) AS tip (name, place)
WHERE ST_Dimension(staged.geom) = 1 AND {lonely}
