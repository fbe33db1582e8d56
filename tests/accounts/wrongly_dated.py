"""What happens at the door while the clock is wrong; run by test_clock.py under faketime.

python -m tests.accounts.wrongly_dated URL USERNAME PASSWORD: wrong passwords until the door is
closed, then the right one from elsewhere; prints how many were taken, the cookie, and the day.
"""

import sys

from accounts.failures import TooManyTries
from models import now, open_engine
from tests.door import enter, knocking

MOST = 60


def main(url: str, username: str, password: str) -> None:
    """Tries, and comes in."""
    engine = open_engine(url)
    wrong = 0
    try:
        while wrong < MOST:
            enter(engine, username, "salah")
            wrong += 1
    except TooManyTries:
        pass
    cookie = enter(engine, username, password, door=knocking("198.51.100.7"))
    print(wrong, cookie, now().date())


if __name__ == "__main__":
    main(*sys.argv[1:])
