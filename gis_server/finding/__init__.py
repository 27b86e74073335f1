"""Finds what a person means by what he types: names, addresses, parcels, units of every era, codes, points."""
