"""From a delivered file to a release: read `pipeline.py` first."""
