-- The rows of a layer as they were in release “release” (a whole number): still served, or ended since.
(
    SELECT {names} FROM {table} WHERE born <= {release}
    UNION ALL
    SELECT {names} FROM {history} WHERE born <= {release} AND died > {release}
)
