-- Table, QML, words.
INSERT INTO layer_styles
    (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner)
SELECT '', '', shaped.table_name, shaped.column_name, 'Bando', ?2, '', 1, ?3, '' FROM gpkg_geometry_columns AS shaped WHERE shaped.table_name = ?1
