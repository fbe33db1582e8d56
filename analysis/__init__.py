"""How stored answers become indices: pure functions on counts and tables.

Imports nothing of the project. ``python -m analysis --help`` lists the commands.
"""
