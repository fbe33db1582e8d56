"""What stands sealed: scores, explanations, objections, results."""
