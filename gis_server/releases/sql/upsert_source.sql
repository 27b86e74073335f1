INSERT INTO meta.source (source, title_vi, title_en, licence, attribution, synthetic)
VALUES (%(id)s, %(title_vi)s, %(title_en)s, %(licence)s, %(attribution)s, %(synthetic)s)
ON CONFLICT (source) DO UPDATE
SET title_vi = excluded.title_vi, title_en = excluded.title_en, licence = excluded.licence,
    attribution = excluded.attribution, synthetic = excluded.synthetic
WHERE source.* IS DISTINCT FROM excluded.*
