-- Another layer as it will be after this load (staged rows, and what other sources serve), cut into small pieces so that asking
-- for what lies at a point does not walk along the whole boundary of a ward.
CREATE UNLOGGED TABLE {pieces} AS
SELECT other.feature, other.width, piece AS geom
FROM ({features}) AS other
CROSS JOIN LATERAL ST_Subdivide(other.geom, 128) AS piece
