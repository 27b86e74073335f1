-- Parcels by commune, sheet and number. $1, $2, $3 = as many of each. “commune” is the field that is compared.
SELECT
    given.n::int AS n, served.fid, told.born, released.published_at, served.source, source.synthetic,
    (SELECT row_to_json(properties)::text FROM (SELECT {columns}) AS properties) AS properties,
    {commune_numbered} AS commune, ST_AsEWKB(served.geom) AS shape
FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS given(commune, sheet, number, n)
JOIN {rows} AS served
    ON {commune} = given.commune AND {sheet} = given.sheet AND {number} = given.number
JOIN meta.source AS source ON source.source = served.source
CROSS JOIN LATERAL (SELECT {born} AS born) AS told
JOIN meta.release AS released ON released.release = told.born
ORDER BY given.n, served.fid
