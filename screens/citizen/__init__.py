"""Rating a visit, and the receipt for it."""
