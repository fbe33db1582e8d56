"""Published results, open to everyone, with the document from which they can be recomputed."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from uuid import UUID

import pandas as pd
import streamlit as st

from analysis.index.league import areas
from analysis.publication.keys import fingerprint
from analysis.publication.published_league import published_league
from analysis.publication.published_scores import (
    PublishedInstitution,
    PublishedScores,
    PublishedUnit,
)
from analysis.publication.sealed import FIRST
from desk.publication.published import (
    Entry,
    entries,
    file_name,
    open_data,
    permanent_link,
    sealed_file,
)
from desk.publication.publishing import read_document
from models import Session
from screens.choices import warn_of_demonstration
from screens.handing import NamedFile, hand_out_to_all
from screens.index import lacking, league, spread, tiles
from screens.looks import look_in
from screens.plain import show_table
from screens.publication import certificates, explain, how_sure
from screens.shell import address_in_the_browser, day, language, number, say
from screens.watching import part

PUBLICATION, INSTITUTION = "publikasi", "instansi"
CHOSEN = "results_publication"


def screen() -> None:
    """Lists publications and shows one; ?publikasi=ID is a permanent link to it.

    &instansi=CODE shows the units of that institution.
    """
    st.title(say("shell.page_hasil"))
    with look_in() as session:
        found = entries(session)
        listed = [key for key, one in found.items() if not one.simulation or _asked(key)]
        if not listed:
            st.info(say("results.none"), icon=":material/info:")
            return
        chosen = _choose(found, listed)
        if chosen is not None:
            _show(found[chosen], read_document(found[chosen].publication), found)


def _asked(key: UUID) -> bool:
    return st.query_params.get(PUBLICATION) == str(key)


def _choose(found: Mapping[UUID, Entry], listed: Sequence[UUID]) -> UUID | None:
    """One of those listed; a simulation is listed only to who has its address."""
    asked = [at for at, key in enumerate(listed) if _asked(key)]
    if PUBLICATION in st.query_params and not asked:
        st.warning(say("results.unknown"), icon=":material/search_off:")
    return st.selectbox(
        say("results.publication"),
        listed,
        index=asked[0] if asked else 0,
        format_func=lambda key: _title(found[key]),
        key=CHOSEN,
        on_change=_address,
    )


def _address() -> None:
    """The address in the browser follows the choice, so that it can be kept and passed on."""
    st.query_params[PUBLICATION] = str(st.session_state[CHOSEN])
    st.query_params.pop(INSTITUTION, None)


def _title(entry: Entry) -> str:
    title = entry.scheme.title[language()]
    return f"{entry.publication.year} · {title} · {_published(entry)} · {_number(entry)}"


def _number(entry: Entry) -> str:
    return say("results.number", number=entry.number)


def _show(entry: Entry, document: PublishedScores, others: Mapping[UUID, Entry]) -> None:
    scheme = entry.scheme
    _succession(entry, others)
    warn_of_demonstration(document.demonstration)
    league.introduce(scheme, document.year, document.not_independent, document.without)
    st.caption(say("results.published", date=_published(entry)))
    part(_views)(entry, document)
    _take_away(entry, document, others)


def _views(entry: Entry, document: PublishedScores) -> None:
    """The institutions, how they spread, the map, and how each score came about.

    The link to an institution opens the last view at once.
    """
    scheme = entry.scheme
    frame = published_league(document, scheme)
    names = ("institutions", "zones", "how_sure", "map", "explained")
    titles = [say(f"results.{name}") for name in names]
    first = titles[-1] if INSTITUTION in st.query_params else titles[0]
    tabs = st.tabs(titles, default=first, key="results_views")
    with tabs[0]:
        address = f"{permanent_link('', entry.publication.id)}&{INSTITUTION}={{}}"
        found = league.show_league(frame, scheme, "results", address.format)
        how_sure.explain_columns(document)
        label, file, make = league.file_of(found, scheme, "results")
        hand_out_to_all(label, file, make, "results_csv")
        lacking.show_waived_units(document.units)
        if smaller := sum(one.sample is not None for one in document.institutions):
            st.caption(say("results.smaller_samples", number=number(smaller, 0)))
        if waiting := document.provisional_institutions:
            st.caption(say("results.waiting", waiting=waiting))
    with tabs[1]:
        spread.show_zones(frame, "results")
        spread.show_distribution(frame, scheme, "results")
    with tabs[2]:
        how_sure.show(entry, document)
    with tabs[3]:
        tiles.show_map(areas(scheme, frame), frame, scheme, "results_map")
    with tabs[4]:
        _explain(entry, document)


def _explain(entry: Entry, document: PublishedScores) -> None:
    place = _choose_institution(entry, document)
    part = document.of_institution(place.code)
    how_sure.show_line(document, place)
    unit = explain.show_institution(part, place.code)
    how_sure.show_line(document, unit)
    explain.show_unit(part, unit)
    _counts(part.units)
    with look_in() as session:
        certificates.offer(session, entry, document, place.code)


def _succession(entry: Entry, others: Mapping[UUID, Entry]) -> None:
    """Which publication replaced this one, and which one this replaced."""
    if entry.replaced:
        st.warning(
            say("results.replaced", by=_link(others[entry.newest])), icon=":material/update:"
        )
    if entry.before is not None:
        st.info(say("results.replaces", before=_link(others[entry.before])), icon=":material/undo:")


def _choose_institution(entry: Entry, document: PublishedScores) -> PublishedInstitution:
    places = {one.code: one for one in document.institutions}
    asked = st.query_params.get(INSTITUTION)
    code = st.selectbox(
        say("words.institution"),
        list(places),
        index=list(places).index(asked) if asked in places else 0,
        format_func=lambda code: places[code].name,
        key=f"results_of_{entry.publication.id}",
    )
    return places[code or next(iter(places))]


def _counts(units: Sequence[PublishedUnit]) -> None:
    rows = [
        (
            unit.name,
            response.period,
            number(response.received, 0),
            number(response.counted, 0),
        )
        for unit in units
        for response in unit.responses
    ]
    if rows:
        headings = [say(f"results.{key}") for key in ("unit", "period", "received", "counted")]
        with st.expander(say("results.counts")):
            show_table(pd.DataFrame(rows, columns=headings))


def _take_away(entry: Entry, document: PublishedScores, others: Mapping[UUID, Entry]) -> None:
    publication, base = entry.publication.id, address_in_the_browser()
    st.header(say("results.recompute"))
    st.markdown(say("sealing.how", scheme=entry.scheme.id))
    sealed = partial(sealed_file, publication_id=publication)
    zipped = partial(open_data, publication_id=publication, base=base)
    with st.container(horizontal=True):
        _download("sealing.download", entry, "json", "application/json", sealed)
        _download("results.open_data", entry, "zip", "application/zip", zipped)
    command = f"python -m analysis verify {file_name(entry, 'json')} --key kunci.pem"
    st.code(command, language=None, wrap_lines=True)
    st.markdown("\n".join(f"- {line}" for line in _hashes(entry, document, others)))
    st.caption(say("results.permanent"))
    st.code(permanent_link(base, publication), language=None, wrap_lines=True)


def _download(
    label: str, entry: Entry, kind: str, media_type: str, make: Callable[[Session], bytes]
) -> None:
    """Makes the file once somebody takes it."""
    hand_out_to_all(
        say(label), NamedFile(file_name(entry, kind), media_type), make, f"results_{kind}"
    )


def _hashes(entry: Entry, document: PublishedScores, others: Mapping[UUID, Entry]) -> list[str]:
    seal, known = entry.seal, {one.seal.hash: one for one in others.values()}
    first = seal.previous_hash == FIRST
    lines = [
        say("sealing.hash", hash=seal.hash),
        say("sealing.key", hash=fingerprint(seal.public_key)),
        say("sealing.first")
        if first
        else say("sealing.previous", before=_hash(seal.previous_hash, known)),
    ]
    if document.corrects:
        lines.append(say("sealing.corrected", before=_hash(document.corrects, known)))
    return lines


def _hash(digest: str, known: Mapping[str, Entry]) -> str:
    address = digest in known and permanent_link("", known[digest].publication.id)
    return f"[`{digest}`]({address})" if address else f"`{digest}`"


def _link(entry: Entry) -> str:
    named = f"{_number(entry)}, {_published(entry)}"
    return f"[{named}]({permanent_link('', entry.publication.id)})"


def _published(entry: Entry) -> str:
    return day(entry.seal.approved_at)
