"""How long the light form takes: .venv/bin/python -m bench.short_form ADDRESS...

ADDRESS: of a unit's form on a running service, such as http://127.0.0.1:8501/s/contoh. Scripted
people with a phone read what stands before them, choose, and tap or swipe as far as they must; up
to the tap that would send. Prints the medians of each way that a form offers.
"""

import argparse
import os
import random
import shutil
from dataclasses import dataclass
from statistics import median

from playwright.sync_api import Browser, Locator, Page, ViewportSize, sync_playwright

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
PEOPLE = 9
WORDS_A_SECOND = 2.5  # slow readers on a small screen; each person has a pace around it
TAP, SWIPE, DECISION = 0.8, 0.9, 1.0  # seconds
SCREEN: ViewportSize = {"width": 360, "height": 740}
A_SWIPE = 0.6  # of the screen's height
WAYS = ("step by step", "on one page")


@dataclass
class Person:
    """Somebody at the form, and what it took so far."""

    page: Page
    chance: random.Random
    taps: int = 0
    swipes: int = 0
    words: int = 0
    decisions: int = 0

    def read(self, place: Locator) -> None:
        self.words += len(place.inner_text().split())

    def tap(self, target: Locator) -> None:
        """Swipes until the target is seen, and taps it."""
        while not self.seen(target):
            self.page.evaluate(f"scrollBy(0, innerHeight * {A_SWIPE} * {self._way(target)})")
            self.swipes += 1
        target.click()
        self.taps += 1

    def choose(self, place: Locator, of: int) -> None:
        self.read(place)
        self.decisions += 1
        self.tap(place.locator("label").nth(self.chance.randrange(of)))

    def seconds(self) -> float:
        pace = WORDS_A_SECOND * self.chance.lognormvariate(0, 0.25)
        told = self.words / pace + DECISION * self.decisions
        return told + TAP * self.taps + SWIPE * self.swipes

    def seen(self, target: Locator) -> bool:
        box = target.bounding_box()
        return bool(box and box["y"] >= 0 and box["y"] + box["height"] <= SCREEN["height"])

    def _way(self, target: Locator) -> int:
        box = target.bounding_box()
        return -1 if box and box["y"] < 0 else 1


def fill(page: Page, chance: random.Random) -> Person:
    """Answers the nine questions, says what was experienced and who answers, up to sending."""
    person = Person(page, chance)
    for intro in page.locator("h1, main > p").all():
        if intro.is_visible():
            person.read(intro)
    for question in page.locator("fieldset:has([name^=a-])").all():
        question.wait_for()
        person.choose(question, 4)
    onward = page.get_by_role("button", name="Lanjut")
    experience = page.locator("fieldset:has([name=e])")
    experience.wait_for()
    person.read(experience)
    person.tap(experience.locator("label", has_text="Tidak mengalami"))
    if onward.is_visible():
        person.tap(onward)
    who = page.locator("fieldset:has([name=w])")
    person.read(who)
    if not who.locator(":checked").count():
        person.tap(who.locator("label").first)
    if onward.is_visible():
        person.tap(onward)
    for last in ("label[for$=comment]", "#comment-hint", "fieldset:has([name=r])"):
        if page.locator(last).is_visible():
            person.read(page.locator(last))
    send = page.get_by_role("button", name="Kirim penilaian")
    while not person.seen(send):
        page.evaluate(f"scrollBy(0, innerHeight * {A_SWIPE})")
        person.swipes += 1
    person.taps += 1
    return person


def measure(browser: Browser, address: str, way: str) -> list[Person]:
    """Each person with an empty browser; none where the form does not offer the way."""
    people = []
    for number in range(PEOPLE):
        with browser.new_context(viewport=SCREEN, has_touch=True, locale="id-ID") as context:
            page = context.new_page()
            page.goto(address)
            whole = page.get_by_role("button", name="Semua di satu halaman")
            if way == WAYS[0] and not whole.count():
                return []
            if way == WAYS[1] and whole.count():
                whole.click()
            people.append(fill(page, random.Random(number)))
    return people


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.short_form", description=__doc__)
    parser.add_argument("addresses", nargs="+", help="such as http://127.0.0.1:8501/s/contoh")
    addresses = parser.parse_args().addresses
    program = next(filter(None, map(shutil.which, CHROMIUM)))
    switches = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=switches)
        print("| | seconds | taps | swipes | words read |\n|---|---|---|---|---|")
        for address in addresses:
            for way in WAYS:
                if people := measure(browser, address, way):
                    told = (
                        f"{median(one.seconds() for one in people):.0f}",
                        *(
                            f"{median(getattr(one, what) for one in people):.0f}"
                            for what in ("taps", "swipes", "words")
                        ),
                    )
                    print(f"| {address}, {way} | {' | '.join(told)} |")
        browser.close()


if __name__ == "__main__":
    main()
