"""Finding units."""
