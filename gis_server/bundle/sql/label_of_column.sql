-- Table, column, name on screen, description, code list.
INSERT OR REPLACE INTO gpkg_data_columns (table_name, column_name, name, title, description, constraint_name)
VALUES (?1, ?2, ?3, ?3, ?4, ?5)
