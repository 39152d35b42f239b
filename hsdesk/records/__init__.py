"""What a desk knows of a record: what the city confirmed, and its own ops that still wait. Pure."""
