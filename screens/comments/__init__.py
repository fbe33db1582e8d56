"""What citizens wrote: the reading room and its triage."""
