"""What is published: the document, its seal, its explanation, its anonymity."""
