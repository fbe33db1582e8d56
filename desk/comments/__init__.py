"""Comments of citizens: who may read them, and their labels."""
