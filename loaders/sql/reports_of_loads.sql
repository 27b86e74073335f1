SELECT report FROM meta.load WHERE load_id = ANY (%(loads)s) AND report ? 'findings'
