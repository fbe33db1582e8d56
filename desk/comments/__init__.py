"""What citizens wrote: who may read it, and what it tells."""
