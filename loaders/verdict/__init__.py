"""What a check of a delivery hands over: a page to read and print, a GeoPackage of located findings, and JSON."""
