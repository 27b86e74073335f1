-- The rows of a layer as they were in release “release” (a whole number): still served, or ended since.
(
    SELECT {names} FROM {rows} AS served WHERE born <= {release}
    UNION ALL
    SELECT {names} FROM {ended} AS ended WHERE born <= {release} AND died > {release}
)
