"""Published results, open to everyone, with the document from which they can be recomputed."""

from collections.abc import Callable, Mapping
from uuid import UUID

import pandas as pd
import streamlit as st

from analysis.league import areas, of_publication
from analysis.publication import Document
from analysis.scheme import Scheme, parse_scheme
from analysis.sealed import FIRST, fingerprint
from desk.explaining import part_of
from desk.publishing import bundle, publications, read_document
from models import Publication, reading
from screens import explain, league, spread, tiles
from screens.plain import show_table
from screens.shell import day, engine, language, number, say


def screen() -> None:
    """Lists publications and shows one; ?publikasi=ID is a permanent link to it."""
    st.title(say("shell.page_hasil"))
    with reading(engine()) as session:
        found = {publication.id: publication for publication in publications(session)}
        documents = {key: read_document(one) for key, one in found.items()}
    if not found:
        st.info(say("results.none"), icon=":material/info:")
        return
    chosen = _choose(found, documents)
    if chosen is None:
        return
    document = documents[chosen]
    if chosen != _newest(document, documents):
        st.info(say("results.superseded"), icon=":material/update:")
    _show(found[chosen], document, _scheme(document), found)


def _choose(found: dict[UUID, Publication], documents: dict[UUID, Document]) -> UUID | None:
    asked = st.query_params.get("publikasi")
    known = {str(key): key for key in documents}
    if asked and asked not in known:
        st.warning(say("results.unknown"), icon=":material/search_off:")
    titles = {
        key: f"{document['year']} · {_scheme(document).title[language()]} · "
        f"{_published(found[key])}"
        for key, document in documents.items()
    }
    return st.selectbox(
        say("results.publication"),
        list(documents),
        index=list(known).index(asked) if asked in known else 0,
        format_func=titles.__getitem__,
        key="results_publication",
    )


def _scheme(document: Document) -> Scheme:
    return parse_scheme(document["scheme"]["text"], document["scheme"]["id"])


def _newest(document: Document, documents: dict[UUID, Document]) -> UUID:
    """The newest publication of the same year and scheme; they come newest first."""
    same = (document["year"], document["scheme"]["id"])
    return next(
        key for key, other in documents.items() if (other["year"], other["scheme"]["id"]) == same
    )


def _show(
    publication: Publication,
    document: Document,
    scheme: Scheme,
    others: Mapping[UUID, Publication],
) -> None:
    if any(one["demonstration"] for one in document["institutions"]):
        st.warning(say("words.demonstration"), icon=":material/science:")
    league.introduce(scheme, document["not_independent"], document.get("without", ()))
    st.caption(say("results.published", date=_published(publication)))
    _views(document, scheme, f"/hasil?publikasi={publication.id}&instansi={{}}".format)
    _take_away(publication, document, others)


@st.fragment
def _views(document: Document, scheme: Scheme, link: Callable[[str], str]) -> None:
    """The institutions, how they spread, the map, and how each score came about.

    ``link``: the address of an institution's explanation, which opens the last view at once.
    """
    frame = of_publication(document, scheme)
    names = ("institutions", "zones", "map", "explained")
    titles = [say(f"results.{name}") for name in names]
    first = titles[-1] if "instansi" in st.query_params else titles[0]
    tabs = st.tabs(titles, default=first, key="results_views")
    with tabs[0]:
        league.show_league(frame, scheme, "results", link)
        if waiting := document["provisional_institutions"]:
            st.caption(say("results.waiting", waiting=waiting))
    with tabs[1]:
        spread.show_zones(frame, "results")
        spread.show_distribution(frame, scheme, "results")
    with tabs[2]:
        tiles.show_map(areas(scheme, frame), frame, scheme, "results_map")
    with tabs[3]:
        _explain(document)


def _explain(document: Document) -> None:
    names = {one["code"]: one["name"] for one in document["institutions"]}
    asked = st.query_params.get("instansi")
    institution = st.selectbox(
        say("words.institution"),
        list(names),
        index=list(names).index(asked) if asked in names else 0,
        format_func=names.__getitem__,
        key="results_of",
    )
    part = part_of(document, institution)
    explain.show_unit(part, explain.show_institution(part, institution))
    _counts(part["units"])


def _counts(units: list[Document]) -> None:
    rows = [
        (
            unit["name"],
            response["period"],
            number(response["received"], 0),
            number(response["counted"], 0),
        )
        for unit in units
        for response in unit["responses"]
    ]
    if rows:
        headings = [say(f"results.{key}") for key in ("unit", "period", "received", "counted")]
        with st.expander(say("results.counts")):
            show_table(pd.DataFrame(rows, columns=headings))


def _take_away(
    publication: Publication, document: Document, others: Mapping[UUID, Publication]
) -> None:
    seal = publication.seal
    if seal is None:
        return
    name = f"suara-layanan-{document['year']}-{document['scheme']['id']}.json"
    st.header(say("results.recompute"))
    st.markdown(say("sealing.how", scheme=document["scheme"]["id"]))
    st.download_button(
        say("sealing.download"),
        bundle(publication, seal),
        file_name=name,
        mime="application/json",
        icon=":material/download:",
        key="results_download",
    )
    st.code(f"python -m analysis verify {name} --key kunci.pem", language=None, wrap_lines=True)
    hashes = {one.seal.hash: one.id for one in others.values() if one.seal}
    previous = None if seal.previous_hash == FIRST else seal.previous_hash
    lines = [
        say("sealing.hash", hash=seal.hash),
        say("sealing.key", hash=fingerprint(seal.public_key)),
        say("sealing.previous", before=_link(previous, hashes))
        if previous
        else say("sealing.first"),
        *(
            [say("sealing.corrected", before=_link(document["corrects"], hashes))]
            if document["corrects"]
            else []
        ),
    ]
    st.markdown("\n".join(f"- {line}" for line in lines))


def _link(digest: str, known: Mapping[str, UUID]) -> str:
    return f"[`{digest}`](/hasil?publikasi={known[digest]})" if digest in known else f"`{digest}`"


def _published(publication: Publication) -> str:
    return day(publication.seal.approved_at.date()) if publication.seal else ""
