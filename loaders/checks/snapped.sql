-- NET-02: an end of a line stops short of another line, or goes past it, by less than people can see.
INSERT INTO {findings} (layer, code, row, feature, field, value, place)
SELECT %(layer)s, 'NET-02', staged._row, staged._feature, NULL, format('%%s m', round(nearest.metres::numeric, 3)), tip.place
FROM {staged} AS staged
CROSS JOIN LATERAL ST_Dump(staged.geom) AS part
CROSS JOIN LATERAL (VALUES (ST_StartPoint(part.geom)), (ST_EndPoint(part.geom))) AS tip (place)
CROSS JOIN LATERAL (
    SELECT min(ST_Distance(other.geom, tip.place)) AS metres
    FROM {staged} AS other
    WHERE other._row <> staged._row AND ST_DWithin(other.geom, tip.place, %(within_m)s)
) AS nearest
WHERE ST_Dimension(staged.geom) = 1 AND NOT ST_IsClosed(part.geom) AND nearest.metres > 0.002
