INSERT OR REPLACE INTO gpkg_data_column_constraints (constraint_name, constraint_type, value, description)
VALUES (?1, 'enum', ?2, ?3)
