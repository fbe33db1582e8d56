"""What waits for whom, and how all units of an institution stand."""
