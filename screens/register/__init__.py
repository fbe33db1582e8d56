"""Who is there: institutions, units, services and counters; and the first day's steps."""
