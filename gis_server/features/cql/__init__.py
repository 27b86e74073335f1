"""Filters in CQL2, text or JSON: read within bounds, compiled to bound SQL over the fields a caller may see."""
