-- What the checks found in one load. `row` and `feature` are numbers of the staging tables; `waived`: someone answers for it.
CREATE UNLOGGED TABLE {findings} (
    layer   text NOT NULL,
    code    text NOT NULL,
    row     bigint,
    feature bigint,
    field   text,
    value   text,
    place   geometry,
    key     text,
    waived  boolean NOT NULL DEFAULT false
)
