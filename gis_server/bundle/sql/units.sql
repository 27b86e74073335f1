-- Units of one of the codes $1 or of the name $2, with their boxes in degrees; $3: whether past ones.
SELECT code, name, ARRAY[ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box)] AS box
FROM (
    SELECT {code} AS code, min({label}) AS name, ST_Extent(ST_Transform(geom, 4326)) AS box
    FROM {rows} AS served
    WHERE ({code} = ANY ($1::text[]) OR {label} = $2) AND ({until} IS NOT NULL) = $3
    GROUP BY {code}
) AS outlined
ORDER BY code
