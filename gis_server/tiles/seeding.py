"""Draws tiles ahead, in a process of its own: those that hold anything, and those around them on the way down."""
