"""What was worked out of delivered rows, kept until they are delivered again: rows that come back are not worked out twice."""
