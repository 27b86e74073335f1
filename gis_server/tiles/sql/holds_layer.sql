EXISTS (SELECT FROM {table}, tile WHERE geom_3857 && tile.buffered)
