-- Authority BANDO: under EPSG's name PROJ would choose its own datum shift, 0.8 m away.
INSERT INTO spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text)
VALUES (%(srid)s, 'BANDO', %(srid)s, %(srtext)s, %(proj4text)s)
ON CONFLICT (srid) DO UPDATE
SET auth_name = excluded.auth_name, auth_srid = excluded.auth_srid, srtext = excluded.srtext, proj4text = excluded.proj4text
