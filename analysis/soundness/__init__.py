"""Whether a questionnaire is sound, and which element matters most."""
