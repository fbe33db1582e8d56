"""Reports of a survey and the evidence that goes with them."""
