"""The command line: files of answers in, figures out."""
