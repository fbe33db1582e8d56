"""Who is there: institutions, units, services and counters, as they are and as they were."""
