"""Answers of closed periods in Parquet: written, verified, read, and removed from the database.

Not the archive of the trace, which is ``models.keeping.archive``.
"""
