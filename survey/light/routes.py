"""The light door's pages: the form at /s/UNIT and, on a kiosk, at /k/KEY; a receipt at /r/CODE.

/s/UNIT?e=KEY is the form of a registered interviewer.
"""

from collections.abc import Callable

from sqlalchemy import Engine
from starlette.routing import BaseRoute, Route

from survey.light.addresses import forgiving_routes
from survey.light.answering import Answering
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
        Route("/s/{unit}", Answering(submit.plain), methods=["POST"]),
        Route("/s/{unit}", Answering(form.fresh), methods=["GET"]),
        Route("/s", Answering(units(engine)), methods=["GET"]),
        Route("/privasi", Answering(privacy(engine)), methods=["GET"]),
        Route("/kunci", public_key(secret), methods=["GET"]),
        script_route(),
        Route("/s/{unit}/suara/{number:int}", recording(engine), methods=["GET"]),
        Route("/s/{unit}/sealed", Answering(submit.sealed), methods=["POST"]),
        Route("/k/{kiosk}/sealed", Answering(submit.sealed), methods=["POST"]),
        Route("/k/{kiosk}", Answering(form.fresh), methods=["GET"]),
        Route("/k/{kiosk}", Answering(submit.plain), methods=["POST"]),
        Route("/k/{kiosk}/{code}", Answering(receipts.thanks), methods=["GET"]),
        Route("/r", Answering(receipts.look_up), methods=["GET"]),
        Route("/r/{code}", Answering(receipts.receipt), methods=["GET"]),
        Route("/r/{code}/resi.txt", receipts.save, methods=["GET"]),
        Route("/u/{unit}", Answering(known), methods=["GET"]),
        *forgiving_routes(),
    ]
