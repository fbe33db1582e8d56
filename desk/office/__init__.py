"""Collecting answers: periods, imports, keying, doors."""
