SELECT NULL::text AS code, NULL::text AS name, NULL::text[] AS units
