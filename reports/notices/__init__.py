"""What hangs on a wall or goes from hand to hand."""
