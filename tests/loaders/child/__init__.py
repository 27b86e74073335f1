"""Tests of the reading child."""
