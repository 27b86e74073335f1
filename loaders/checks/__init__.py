"""Checks: whole SQL statements over staging tables, and the registry of what each code means."""
