-- The account books of the map. Applied as bando_owner whenever this file changes: every statement may run again.
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO bando_load, bando_read;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO bando_read;
ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO bando_load;
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO bando_load;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

CREATE SCHEMA IF NOT EXISTS meta;
CREATE SCHEMA IF NOT EXISTS history;
CREATE SCHEMA IF NOT EXISTS staging;
REVOKE ALL ON SCHEMA staging FROM bando_read;
GRANT CREATE, USAGE ON SCHEMA staging TO bando_load;
CREATE SCHEMA IF NOT EXISTS draft;
REVOKE ALL ON SCHEMA draft FROM bando_read;
GRANT CREATE, USAGE ON SCHEMA draft TO bando_load;

CREATE TABLE IF NOT EXISTS meta.release (
    release      integer PRIMARY KEY,
    published_at timestamptz NOT NULL DEFAULT now(),
    who          text NOT NULL,
    note         text NOT NULL
);
CREATE TABLE IF NOT EXISTS meta.source (
    source      text PRIMARY KEY,
    title_vi    text NOT NULL,
    title_en    text NOT NULL,
    licence     text NOT NULL,
    attribution text NOT NULL,
    synthetic   boolean NOT NULL
);
CREATE TABLE IF NOT EXISTS meta.release_layer (
    release integer NOT NULL REFERENCES meta.release,
    layer   text NOT NULL,
    source  text NOT NULL REFERENCES meta.source,
    added   bigint NOT NULL,
    changed bigint NOT NULL,
    removed bigint NOT NULL,
    PRIMARY KEY (release, layer, source)
);
-- The tiles that a release touches in a layer, as gis_server/drawing/cells.py packs them.
CREATE TABLE IF NOT EXISTS meta.touched (
    release integer NOT NULL REFERENCES meta.release,
    layer   text NOT NULL,
    cells   bytea NOT NULL,
    PRIMARY KEY (release, layer)
);
-- The same for each way of seeing only some of the rows: who does not see a row must not hear that it changed.
CREATE TABLE IF NOT EXISTS meta.touched_seen (
    release integer NOT NULL REFERENCES meta.release,
    layer   text NOT NULL,
    seen    text NOT NULL,
    cells   bytea NOT NULL,
    PRIMARY KEY (release, layer, seen)
);
-- What a release draws of a layer in tiles drawn ahead: of how much, and how much of it, at each zoom.
CREATE TABLE IF NOT EXISTS meta.drawing (
    release     integer NOT NULL REFERENCES meta.release,
    layer       text NOT NULL,
    zoom        smallint NOT NULL,
    features_in bigint NOT NULL,
    area_in     double precision NOT NULL,
    length_in   double precision NOT NULL,
    features    bigint NOT NULL,
    things      bigint NOT NULL,
    area        double precision NOT NULL,
    length      double precision NOT NULL,
    PRIMARY KEY (release, layer, zoom)
);
CREATE TABLE IF NOT EXISTS meta.layer_state (
    layer   text NOT NULL,
    source  text NOT NULL REFERENCES meta.source,
    rows    bigint NOT NULL,
    release integer NOT NULL REFERENCES meta.release,
    PRIMARY KEY (layer, source)
);
CREATE TABLE IF NOT EXISTS meta.layer (
    layer      text PRIMARY KEY,
    definition jsonb NOT NULL
);
CREATE TABLE IF NOT EXISTS meta.load (
    load_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    started_at  timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    who         text NOT NULL,
    source      text,
    profile     text,
    path        text NOT NULL,
    outcome     text,
    release     integer REFERENCES meta.release,
    report      jsonb
);
-- What migrations threw away: the contents of releases up to `release` can no longer be told or brought back.
CREATE TABLE IF NOT EXISTS meta.loss (
    loss_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lost_at timestamptz NOT NULL DEFAULT now(),
    release integer NOT NULL,
    layer   text NOT NULL,
    field   text,
    says    text NOT NULL
);
-- Checked deliveries that wait for someone to look at them; their rows lie beside this table, in logged tables of their own.
CREATE TABLE IF NOT EXISTS draft.book (
    draft   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    made_at timestamptz NOT NULL DEFAULT now(),
    who     text NOT NULL,
    note    text NOT NULL,
    path    text NOT NULL,
    load_id bigint,
    release integer NOT NULL,
    source  jsonb NOT NULL,
    layers  jsonb NOT NULL
);
CREATE TABLE IF NOT EXISTS meta.finding (
    finding_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    load_id    bigint NOT NULL REFERENCES meta.load,
    layer      text NOT NULL,
    code       text NOT NULL,
    field      text,
    key        text,
    value      text,
    waived     boolean NOT NULL,
    place      geometry
);
CREATE INDEX IF NOT EXISTS finding_load ON meta.finding (load_id, layer, code);
REVOKE ALL ON meta.finding FROM bando_read;
CREATE TABLE IF NOT EXISTS meta.admin_unit (
    code          text NOT NULL,
    valid_from    date,
    valid_to      date,
    level         text NOT NULL,
    kind          text NOT NULL,
    name_vi       text NOT NULL,
    name_en       text NOT NULL,
    parent_code   text NOT NULL,
    province_code text NOT NULL,
    formed_from   text NOT NULL,
    evidence      text NOT NULL,
    UNIQUE NULLS NOT DISTINCT (code, level, valid_from)
);
CREATE TABLE IF NOT EXISTS meta.admin_link (
    new_code   text NOT NULL,
    old_code   text NOT NULL,
    old_level  text NOT NULL,
    split      integer NOT NULL,
    matched_by text NOT NULL,
    PRIMARY KEY (new_code, old_code, old_level)
);
CREATE SEQUENCE IF NOT EXISTS meta.fid;
-- The names that features are found by, each once a layer and field, and the features that bear them; gis_server/naming
-- writes both in the publish's own transaction. An address is the name of a street with a number.
CREATE TABLE IF NOT EXISTS meta.search_name (
    name_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    layer   text NOT NULL,
    field   text NOT NULL,
    name    text NOT NULL,
    bare    text NOT NULL,
    toned   text NOT NULL,
    UNIQUE (layer, field, name)
);
CREATE INDEX IF NOT EXISTS search_name_grams ON meta.search_name USING gin (bare gin_trgm_ops) WITH (fastupdate = off);
CREATE INDEX IF NOT EXISTS search_name_begun ON meta.search_name (layer, field, bare COLLATE "C");
CREATE TABLE IF NOT EXISTS meta.search_entry (
    fid     bigint NOT NULL,
    name_id bigint NOT NULL,
    number  text
);
CREATE INDEX IF NOT EXISTS search_entry_fid ON meta.search_entry (fid);
CREATE INDEX IF NOT EXISTS search_entry_name ON meta.search_entry (name_id, number COLLATE "C");
-- By which rule the names of a layer were kept; another rule in the layer file means that they are kept anew.
CREATE TABLE IF NOT EXISTS meta.search_rule (
    layer text PRIMARY KEY,
    rule  text NOT NULL
);

-- Tiles drawn ahead (gis_server/drawing). `seen` names a way of seeing a layer's rows, and is empty for all of them. A piece is
-- cut to its tile with its margin; a tile's account is of its own square, and `features_in`… are of the highest zoom only.
CREATE SCHEMA IF NOT EXISTS drawing;
CREATE TABLE IF NOT EXISTS drawing.piece (
    layer      text NOT NULL,
    seen       text NOT NULL,
    zoom       smallint NOT NULL,
    x          integer NOT NULL,
    y          integer NOT NULL,
    fid        bigint NOT NULL,
    stands_for bigint NOT NULL,
    source     text NOT NULL,
    tags       jsonb NOT NULL,
    geom       geometry(Geometry, 3857) NOT NULL
);
CREATE INDEX IF NOT EXISTS piece_tile ON drawing.piece (layer, seen, zoom, x, y);
CREATE TABLE IF NOT EXISTS drawing.tile (
    layer       text NOT NULL,
    seen        text NOT NULL,
    zoom        smallint NOT NULL,
    x           integer NOT NULL,
    y           integer NOT NULL,
    digest      bytea NOT NULL,
    things      bigint NOT NULL,
    places      bigint NOT NULL,
    features_in bigint NOT NULL,
    area_in     double precision NOT NULL,
    length_in   double precision NOT NULL,
    features    bigint NOT NULL,
    area        double precision NOT NULL,
    length      double precision NOT NULL,
    PRIMARY KEY (layer, seen, zoom, x, y)
);
-- What tiles of areas on a grid are made of at their layer's highest zoom drawn ahead (gis_server/drawing/ground.py); null where a tile
-- was taken from that of all rows.
CREATE TABLE IF NOT EXISTS drawing.ground (
    layer  text NOT NULL,
    seen   text NOT NULL,
    zoom   smallint NOT NULL,
    x      integer NOT NULL,
    y      integer NOT NULL,
    packed bytea,
    PRIMARY KEY (layer, seen, zoom, x, y)
);
ALTER TABLE drawing.ground ALTER COLUMN packed SET STORAGE EXTERNAL;
-- Names of areas and lines where tiles say them, from zoom `low` to `high`; x and y are the tile of zoom 22 around the label's middle.
CREATE TABLE IF NOT EXISTS drawing.label (
    layer  text NOT NULL,
    seen   text NOT NULL,
    low    smallint NOT NULL,
    high   smallint NOT NULL,
    x      integer NOT NULL,
    y      integer NOT NULL,
    fid    bigint NOT NULL,
    source text NOT NULL,
    tags   jsonb NOT NULL,
    name   text NOT NULL,
    geom   geometry(Geometry, 3857) NOT NULL
);
CREATE INDEX IF NOT EXISTS label_place ON drawing.label (layer, seen, x);
CREATE TABLE IF NOT EXISTS drawing.state (
    layer text PRIMARY KEY,
    mark  text NOT NULL
);
