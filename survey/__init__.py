"""How an answer becomes a stored response: submissions, receipts, imports, counts.

``python -m survey --help`` lists the commands.
"""
