"""What everybody may see, gathered from the other wings: for machines, cards and pages."""
