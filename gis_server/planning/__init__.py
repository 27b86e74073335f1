"""The planners' questions: what is here, what is planned, what cuts it, does it flood."""
