"""Edits over HTTP: checked as a delivery that brings nothing but what was edited, and published as one release."""
