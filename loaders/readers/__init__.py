"""Readers: each turns one kind of delivered file into a stream of Arrow tables with WKB."""
