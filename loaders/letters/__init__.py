"""Which letters a text is written in, found from its bytes and from what Vietnamese syllables look like."""
