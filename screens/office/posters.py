"""A unit's QR code and poster, to be printed and hung up."""

import streamlit as st

from models import Unit
from reports.poster import (
    Poster,
    only_on_this_computer,
    poster_html,
    qr_png,
    qr_svg,
    rating_link,
)
from screens.choices import choose_unit
from screens.handing import PNG, NamedFile, hand_out, show_picture
from screens.looks import look
from screens.offers import Make
from screens.shell import address_in_the_browser, say

LONGEST_ADDRESS, LONGEST_COUNTER = 100, 40
PREVIEW_SCALE, PRINT_SCALE = 8, 32  # pixels a module
QR_WIDTH = 260


def screen() -> None:
    """Asks what the poster is for, then shows its code and hands out the files."""
    st.title(say("posters.title"))
    st.markdown(say("posters.lead"))
    with look() as (session, actor):
        unit = choose_unit(session, actor, "posters")
        if unit is None:
            return
        service, counter = _choose_part(unit)
        base = st.text_input(
            say("posters.address"),
            address_in_the_browser(),
            max_chars=LONGEST_ADDRESS,
            help=say("posters.address_help"),
            key="posters_address",
        )
        try:
            link = rating_link(base, unit.code, service)
        except ValueError:
            st.error(say("posters.bad_address"), icon=":material/error:")
            return
        _show(_poster(link, unit, service, counter), "-".join(filter(None, (unit.code, service))))


def _choose_part(unit: Unit) -> tuple[str, str]:
    """The code of a service of the unit, and the words for a counter; either may be empty."""
    services = {"": say("posters.all_services")} | {
        service.code: service.name for service in unit.services
    }
    left, right = st.columns(2)
    service = left.selectbox(
        say("posters.service"),
        list(services),
        format_func=services.__getitem__,
        key=f"posters_service_{unit.id}",
    )
    counter = right.text_input(
        say("posters.counter"),
        max_chars=LONGEST_COUNTER,
        placeholder=say("posters.counter_hint"),
        key="posters_counter",
    )
    return service, counter.strip()


def _poster(link: str, unit: Unit, service: str, counter: str) -> Poster:
    names = {one.code: one.name for one in unit.services}
    place = unit.institution
    return Poster(link, unit.name, place.name, names.get(service, ""), counter, place.demonstration)


def _show(poster: Poster, name: str) -> None:
    if only_on_this_computer(poster.link):
        st.warning(say("posters.only_here"), icon=":material/wifi_off:")
    st.code(poster.link, language=None, wrap_lines=True)
    left, right = st.columns(2, vertical_alignment="center")
    with left:
        show_qr(poster.link, "posters_qr")
    with right:
        st.caption(say("posters.try_it"))
        _downloads(poster, name)


def show_qr(link: str, key: str) -> None:
    """The code of a link, to be tried with a telephone."""
    file = NamedFile("qr.png", PNG)
    show_picture(file, lambda *_: qr_png(link, PREVIEW_SCALE), key, QR_WIDTH)


def _downloads(poster: Poster, name: str) -> None:
    files: dict[str, tuple[Make, NamedFile]] = {
        "page": (
            lambda *_: poster_html(poster).encode(),
            NamedFile(f"poster-{name}.html", "text/html"),
        ),
        "svg": (lambda *_: qr_svg(poster.link), NamedFile(f"qr-{name}.svg", "image/svg+xml")),
        "png": (lambda *_: qr_png(poster.link, PRINT_SCALE), NamedFile(f"qr-{name}.png", PNG)),
    }
    for kind, (make, file) in files.items():
        hand_out(say(f"posters.{kind}"), file, make, f"posters_{kind}", primary=kind == "page")
