"""What may be shown of small groups of people."""

from collections.abc import Sequence

SMALLEST_GROUP = 5


def shown_groups(sizes: Sequence[int]) -> list[bool]:
    """Which of the groups that make up a whole may be shown.

    None under 5; and where those hidden are fewer than 5 together, the next smallest is
    hidden too, so that none can be had by subtraction from the whole.

    >>> shown_groups([40, 3, 12, 0])
    [True, False, False, True]
    """
    shown = [size == 0 or size >= SMALLEST_GROUP for size in sizes]
    hidden = sum(size for size, show in zip(sizes, shown, strict=True) if not show)
    if 0 < hidden < SMALLEST_GROUP:
        rest = [at for at, show in enumerate(shown) if show and sizes[at]]
        if rest:
            shown[min(rest, key=lambda at: sizes[at])] = False
    return shown
