"""The light door's pages: the form at /s/UNIT and, on a kiosk, at /k/KEY; a receipt at /r/CODE.

/s/UNIT?e=KEY is the form of a registered interviewer.
"""

from collections.abc import Callable

from sqlalchemy import Engine
from starlette.routing import BaseRoute, Route

from survey.light.addresses import forgiving_routes
from survey.light.answered import Answered
from survey.light.around import privacy, public_key, units
from survey.light.asked import AskedAt
from survey.light.form_page import FormPage
from survey.light.line import Line
from survey.light.pages import NOT_HERE, FullPages
from survey.light.receipt import Receipts
from survey.light.scripts import script_route
from survey.light.sound import recording
from survey.light.submit import Submit
from survey.light.unit import unit_page
from survey.limits import AddressLimits
from survey.writer import Writer


def light_routes(
    engine: Callable[[], Engine],
    secret: Callable[[], bytes],
    writer: Callable[[], Writer],
    limits: Callable[[], AddressLimits],
    full_pages: FullPages = NOT_HERE,
) -> list[BaseRoute]:
    """The routes of the light door; ``full_pages``: where this process has them."""
    form = FormPage(AskedAt(engine, secret), secret)
    submit = Submit(engine, secret, writer, form, Line(engine, secret, limits))
    receipts = Receipts(engine, secret, full_pages.published)
    known = unit_page(engine, full_pages.announced)
    return [
        # What is asked for most is found first.
        Route("/s/{unit}", Answered(submit.plain), methods=["POST"]),
        Route("/s/{unit}", Answered(form.fresh), methods=["GET"]),
        Route("/s", Answered(units(engine)), methods=["GET"]),
        Route("/privasi", Answered(privacy(engine)), methods=["GET"]),
        Route("/kunci", public_key(secret), methods=["GET"]),
        script_route(),
        Route("/s/{unit}/suara/{number:int}", recording(engine), methods=["GET"]),
        Route("/s/{unit}/sealed", Answered(submit.sealed), methods=["POST"]),
        Route("/k/{kiosk}/sealed", Answered(submit.sealed), methods=["POST"]),
        Route("/k/{kiosk}", Answered(form.fresh), methods=["GET"]),
        Route("/k/{kiosk}", Answered(submit.plain), methods=["POST"]),
        Route("/k/{kiosk}/{code}", Answered(receipts.thanks), methods=["GET"]),
        Route("/r", Answered(receipts.look_up), methods=["GET"]),
        Route("/r/{code}", Answered(receipts.receipt), methods=["GET"]),
        Route("/r/{code}/resi.txt", receipts.save, methods=["GET"]),
        Route("/u/{unit}", Answered(known), methods=["GET"]),
        *forgiving_routes(),
    ]
