"""Whole answers as tables: read in batches of one release, streamed or kept as a file to fetch again."""
