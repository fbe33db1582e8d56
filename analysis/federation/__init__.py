"""What an instance of a district sends to the nation's: counts, signed, and no rows."""
