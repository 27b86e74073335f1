-- What one would write by hand: the blocks on the first parcels, with the area of each part.
SELECT parcel.fid, block.ma, ST_Area(ST_Intersection(block.geom, parcel.geom)) AS area_m2
FROM (SELECT fid, geom FROM cadastre.thua_dat ORDER BY fid LIMIT {parcels}) AS parcel
JOIN planning.o_pho AS block ON ST_Intersects(block.geom, parcel.geom)
