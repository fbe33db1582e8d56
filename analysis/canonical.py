"""JSON in the one form that is signed and hashed (RFC 8785), without its long way where it can."""

import json

import rfc8785

MOST = 2**53 - 1  # whole numbers that every reader of JSON holds exactly


def canonical(content: object) -> bytes:
    """The content in the form of RFC 8785. Raises ``rfc8785.CanonicalizationError``.

    Nothing of ours holds floats or names beyond ASCII, and of all else the standard library
    writes the same, five times as fast.

    >>> canonical({"b": "Malra", "a": [1, None]})
    b'{"a":[1,null],"b":"Malra"}'
    """
    if _plain(content):
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        try:
            return text.encode()
        except UnicodeEncodeError:  # half a character, which the other one names
            pass
    return rfc8785.dumps(content)  # type: ignore[arg-type]


def _plain(content: object) -> bool:
    """Whether both write it alike: no floats, large numbers, other types, or names beyond ASCII."""
    left = [content]
    while left:
        one = left.pop()
        kind = type(one)
        if kind is dict:
            assert isinstance(one, dict)
            if not all(type(key) is str and key.isascii() for key in one):
                return False
            left.extend(one.values())
        elif kind is list or kind is tuple:
            assert isinstance(one, list | tuple)
            left.extend(one)
        elif kind is int:
            assert isinstance(one, int)
            if not -MOST <= one <= MOST:
                return False
        elif kind is not str and kind is not bool and one is not None:
            return False
    return True
