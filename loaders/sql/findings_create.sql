-- What the checks found in one load. `row` and `feature` are numbers of the staging tables.
CREATE UNLOGGED TABLE {findings} (
    layer   text NOT NULL,
    code    text NOT NULL,
    row     bigint,
    feature bigint,
    field   text,
    value   text,
    place   geometry
)
