UPDATE gpkg_contents SET identifier = ?, description = ? WHERE table_name = ?
