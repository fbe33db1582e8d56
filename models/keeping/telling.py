"""What commands for the database's owner say beside their results."""


class Unfit(Exception):
    """Something that can't be what it was said to be; told in a sentence."""
