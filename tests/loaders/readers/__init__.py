"""Readers, one test file each."""
