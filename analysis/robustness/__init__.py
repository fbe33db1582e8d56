"""What a score, its zone and its rank are worth: errors of the data, and choices of the method."""
