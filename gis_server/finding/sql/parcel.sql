-- Parcels $2, $3 (sheet, number in every writing) of the communes $1 that numbered the sheets; where $4 is given, in those today.
SELECT {id} AS layer, fid, {commune} AS commune, {sheet} AS sheet, {number} AS number
FROM {rows} AS served
WHERE {commune} = ANY ($1::text[]) AND {sheet} = ANY ($2::text[]) AND {number} = ANY ($3::text[])
    AND ($4::text[] IS NULL OR {present} IS NULL OR {present} = ANY ($4))
LIMIT $5
