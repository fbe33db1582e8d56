"""What others may recompute: released rows, codebooks, publications."""
