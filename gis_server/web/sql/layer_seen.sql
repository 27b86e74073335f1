-- What a caller who does not see all rows of the layer $1 sees of it, in the shape of layer_state. “rows” and “ended” are the
-- view's rows; the newest release is that of the newest change among them.
WITH touched AS (
    SELECT source, born AS release, true AS is_served, geom_3857 FROM {rows} AS served
    UNION ALL
    SELECT source, died, false, NULL FROM {ended} AS ended
), sourced AS (
    SELECT source, count(*) FILTER (WHERE is_served) AS rows, max(release) AS release, ST_Extent(geom_3857) AS box
    FROM touched GROUP BY source
), boxed AS (
    SELECT
        sum(state.rows)::bigint AS rows,
        max(state.release) AS release,
        jsonb_agg(jsonb_build_object(
            'id', source.source, 'title', jsonb_build_object('vi', source.title_vi, 'en', source.title_en),
            'licence', source.licence, 'attribution', source.attribution, 'synthetic', source.synthetic,
            'rows', state.rows, 'release', state.release
        ) ORDER BY state.rows DESC, source.source) AS sources,
        ST_Transform(ST_SetSRID(ST_Extent(state.box::geometry), 3857), 4326) AS box
    FROM sourced AS state JOIN meta.source AS source ON source.source = state.source
    WHERE state.rows > 0
)
SELECT $1::text AS layer, boxed.rows, boxed.release, released.published_at, boxed.sources,
    ARRAY[ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box)] AS bounds
FROM boxed JOIN meta.release AS released ON released.release = boxed.release
