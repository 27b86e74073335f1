"""Edits (OGC API Features, Part 4): features created, replaced, updated and deleted, each request one release."""
