-- Rows of one layer as they were mapped. `_bad`: texts that are not of their field's type; `_marks`: what happened to the geometry.
CREATE UNLOGGED TABLE {table} (
    _row      bigint NOT NULL,
    _feature  bigint NOT NULL,
    _bad      text,
    _marks    text,
    hash      bigint NOT NULL,
    {columns},
    geom      geometry(Geometry, {srid}),
    geom_3857 geometry(Geometry, 3857),
    clearance real
)
