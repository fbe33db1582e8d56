"""What stands sealed: scores, explanations, objections, certificates."""
