"""What people see: one file a screen. Asks and shows, never computes."""
