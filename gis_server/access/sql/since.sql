(
    -- Since which release the row “served” is as the caller sees it: versions that differ in hidden fields alone are one.
    SELECT max(version.born)
    FROM (
        SELECT served.born, {own}
        UNION ALL
        SELECT past.born, {past} FROM {ended} AS past WHERE past.fid = served.fid AND past.died <= served.born
    ) AS version
    WHERE NOT EXISTS (
        SELECT FROM {ended} AS past
        WHERE past.fid = served.fid AND past.died = version.born AND ROW({past}) IS NOT DISTINCT FROM ROW({version})
    )
)
