"""Tests of looking into deliveries."""
