-- From when to when the features of a layer are in force; an open end makes the layer's end open.
SELECT min({since}) AS since, CASE WHEN count(*) = count({until}) THEN max({until}) END AS until FROM {rows} AS served
