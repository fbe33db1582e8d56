"""Published results, open to everyone, with the document from which they can be recomputed."""

from typing import Any
from uuid import UUID

import pandas as pd
import streamlit as st

from analysis.scheme import Scheme, parse_scheme
from desk.publishing import publications, read_document
from models import Publication, reading
from screens import league
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
    _show(found[chosen], document, _scheme(document))


def _choose(found: dict[UUID, Publication], documents: dict[UUID, dict[str, Any]]) -> UUID | None:
    asked = st.query_params.get("publikasi")
    known = {str(key): key for key in documents}
    if asked and asked not in known:
        st.warning(say("results.unknown"), icon=":material/search_off:")
    titles = {
        key: f"{document['year']} · {_scheme(document).title[language()]} · "
        f"{day(found[key].created_at.date())}"
        for key, document in documents.items()
    }
    return st.selectbox(
        say("results.publication"),
        list(documents),
        index=list(known).index(asked) if asked in known else 0,
        format_func=titles.__getitem__,
        key="results_publication",
    )


def _scheme(document: dict[str, Any]) -> Scheme:
    return parse_scheme(document["scheme"]["text"], document["scheme"]["id"])


def _newest(document: dict[str, Any], documents: dict[UUID, dict[str, Any]]) -> UUID:
    """The newest publication of the same year and scheme; they come newest first."""
    same = (document["year"], document["scheme"]["id"])
    return next(
        key for key, other in documents.items() if (other["year"], other["scheme"]["id"]) == same
    )


def _show(publication: Publication, document: dict[str, Any], scheme: Scheme) -> None:
    if any(one["demonstration"] for one in document["institutions"]):
        st.warning(say("words.demonstration"), icon=":material/science:")
    league.introduce(scheme, document["not_independent"], document.get("without", ()))
    st.caption(say("results.published", date=day(publication.created_at.date())))
    rows = [_row(one, scheme) for one in document["institutions"]]
    league.show_zones(rows)
    st.header(say("scores.institutions"))
    league.show_league(rows, scheme, "results_institutions")
    if waiting := document["provisional_institutions"]:
        st.caption(say("results.waiting", waiting=waiting))
    st.header(say("scores.units"))
    names = {one["code"]: one["name"] for one in document["institutions"]}
    institution = st.selectbox(
        say("words.institution"), list(names), format_func=names.__getitem__, key="results_of"
    )
    units = [one for one in document["units"] if one["institution"] == institution]
    league.show_league([_row(one, scheme) for one in units], scheme, "results_units")
    _counts(units)
    _take_away(publication, document)


def _row(one: dict[str, Any], scheme: Scheme) -> dict[str, Any]:
    return {
        "name": one["name"],
        "score": number(one["score"]),
        "score_value": one["score"],
        "grade": one["grade"],
        "zone": one["zone"],
        "label": one["label"] and one["label"][language()],
        "rank": one["rank"] if "kind" in one else None,
        "rank_in_province": one.get("rank_in_province"),
    }


def _counts(units: list[dict[str, Any]]) -> None:
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


def _take_away(publication: Publication, document: dict[str, Any]) -> None:
    st.header(say("results.recompute"))
    st.markdown(say("results.recompute_how", scheme=document["scheme"]["id"]))
    st.download_button(
        say("results.download"),
        publication.document,
        file_name=f"suara-layanan-{document['year']}-{document['scheme']['id']}.json",
        mime="application/json",
        icon=":material/download:",
        key="results_download",
    )
    st.caption(say("results.hash", hash=publication.document_hash))
