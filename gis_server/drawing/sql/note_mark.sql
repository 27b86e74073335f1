INSERT INTO drawing.state (layer, mark) VALUES (%(layer)s, %(mark)s)
ON CONFLICT (layer) DO UPDATE SET mark = excluded.mark
