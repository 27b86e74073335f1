UPDATE gpkg_geometry_columns SET geometry_type_name = ? WHERE table_name = ?
