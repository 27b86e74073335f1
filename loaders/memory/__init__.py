"""What was worked out of delivered rows, kept until they are delivered again, so that nothing is worked out twice."""
