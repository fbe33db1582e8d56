"""Keeping an instance over the years: its trace followed, backups, what is let go of."""
