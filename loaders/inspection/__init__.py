"""What is in a delivery, before any profile is written: layers, fields, guessed targets with their evidence."""
