"""What machines get: what is announced, in both formats, cached, and refused in JSON."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import Engine

from desk.papers.announcing import approve, prepare_institution, prepare_unit
from models import open_engine, writing
from tests.asgi import Answered, ask
from tests.interface.conftest import Public, announced, served
from tests.screens.seen import Office, an_office

LIST = "/api/v1/announcements"


def refused(answer: Answered) -> list[str]:
    """The codes of a refusal in the stated form."""
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["status"] == answer.status
    assert all(one["id"] and one["en"] for one in answer.json["problems"])
    return [one["code"] for one in answer.json["problems"]]


def test_what_is_announced_is_read_on_both_engines(engine: Engine) -> None:
    public = announced(an_office(engine))
    (one,) = ask(public.app, f"{LIST}?unit=puskesmas-langgur&institution=malra").json["items"]
    assert (one["id"], one["index"], one["grade"], one["n"]) == (public.announced, 81.25, "B", 8)
    assert (one["received"], one["superseded"], one["demonstration"]) == (8, False, False)
    whole = ask(public.app, one["url"]).json
    assert {key: whole[key] for key in one} == one
    assert whole["index_exact"] == "325/4"
    assert {mean["mean"] for mean in whole["elements"]} == {"13/4"}
    assert (
        whole["assumption"]["en"]
        == "if respondents are a random sample of visits and nobody rated twice"
    )
    assert {group["field"] for group in whole["respondents"]} >= {"sex", "education", "channel"}


def test_what_was_done_leaves_without_names(public: Public) -> None:
    answer = ask(public.app, f"{LIST}/{public.announced}")
    (step,) = answer.json["steps"]
    assert (step["element"], step["status"], step["account"]) == (
        "time",
        "done",
        "Dibuka tiap pagi",
    )
    assert step["programme"] == "Buka loket kedua, hubungi Bu [NAMA]"
    for unsaid in ("Rahasia", "Siti", "Ani", "Budi", "prepared", "user"):
        assert unsaid not in answer.text


def test_nothing_leaves_before_it_is_approved(office: Office) -> None:
    office.rate(3, 7)
    app = served(office.engine)
    assert ask(app, LIST).json == {"items": [], "total": 0, "next": None}
    office.close()
    with writing(office.engine) as session:
        key = prepare_unit(
            session, office.official, office.world.clinic.id, office.world.period.id
        ).id
    assert ask(app, LIST).json["total"] == 0
    assert refused(ask(app, f"{LIST}/{key}")) == ["api_no_record"]


def test_of_fewer_than_five_there_is_no_figure(office: Office) -> None:
    office.rate(3, 7)
    office.rate(2, 4, unit=office.world.registry)
    public = announced_institution(office)
    whole = ask(public.app, f"{LIST}/{public.announced}").json
    units = {one["code"]: one for one in whole["units"]}
    assert units["puskesmas-langgur"]["n"] == 7
    assert units["dukcapil-malra"] == {
        "code": "dukcapil-malra",
        "name": "Dukcapil",
        "index": None,
        "grade": None,
        "n": None,
    }
    assert "4" not in [str(one) for unit in whole["units"] for one in unit.values()]


def announced_institution(office: Office) -> Public:
    """The institution's mean, announced."""
    office.close()
    with writing(office.engine) as session:
        one = prepare_institution(
            session, office.coordinator, office.world.district.id, office.world.period.id
        )
        key = approve(session, office.second, one.id).id
    return Public(served(office.engine), office, str(key))


def test_a_list_comes_as_csv_by_accept_or_by_its_address(public: Public) -> None:
    by_accept = ask(public.app, LIST, headers={"Accept": "text/csv"})
    assert by_accept.body == ask(public.app, f"{LIST}?format=csv").body
    assert by_accept.headers["content-type"].startswith("text/csv")
    assert "Accept" in by_accept.headers["vary"].split(", ")
    assert by_accept.body.startswith("\ufeff".encode())
    (row,) = csv.DictReader(StringIO(by_accept.body.decode("utf-8-sig")))
    assert (row["unit"], row["index"], row["superseded"]) == ("Puskesmas Langgur", "81.25", "false")


def test_a_list_goes_on_where_it_says(office: Office) -> None:
    public = announced(office)
    with writing(public.office.engine) as session:
        one = prepare_institution(
            session,
            public.office.coordinator,
            public.office.world.district.id,
            public.office.world.period.id,
        )
        approve(session, public.office.second, one.id)
    first = ask(public.app, f"{LIST}?size=1&institution=malra")
    assert first.json["next"] == f"{LIST}?institution=malra&page=2&size=1"
    assert first.headers["link"] == f'<{first.json["next"]}>; rel="next"'
    second = ask(public.app, first.json["next"]).json
    assert second["next"] is None
    assert {one["id"] for one in first.json["items"] + second["items"]} > {public.announced}
    assert ask(public.app, f"{LIST}?page=9").json["items"] == []


def test_who_has_it_is_told_so(public: Public) -> None:
    first = ask(public.app, LIST)
    assert first.headers["cache-control"] == "public, max-age=300"
    for known in (
        {"If-None-Match": first.headers["etag"]},
        {"If-None-Match": f'"other", {first.headers["etag"]}'},
        {"If-Modified-Since": first.headers["last-modified"]},
    ):
        again = ask(public.app, LIST, headers=known)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
    for stale in (
        {"If-None-Match": '"other"', "If-Modified-Since": first.headers["last-modified"]},
        {"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"},
        {"If-Modified-Since": "yesterday"},
    ):
        assert ask(public.app, LIST, headers=stale).status == 200


def test_pages_of_other_sites_may_read(public: Public) -> None:
    for path in (LIST, f"{LIST}?page=0", "/api/nowhere", "/api/v1/openapi.json"):
        assert ask(public.app, path).headers["access-control-allow-origin"] == "*"
    asked = {"Origin": "https://x.example", "Access-Control-Request-Headers": "if-none-match"}
    allowed = ask(public.app, LIST, "OPTIONS", asked)
    assert allowed.status == 204
    assert allowed.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    assert "If-None-Match" in allowed.headers["access-control-allow-headers"]
    assert ask(public.app, LIST, "HEAD").headers["etag"] == ask(public.app, LIST).headers["etag"]


@pytest.mark.parametrize(
    ("path", "status", "codes"),
    [
        (f"{LIST}?page=0", 400, ["below_least"]),
        (f"{LIST}?page=1_0", 400, ["no_whole"]),
        (f"{LIST}?size=501&year=x", 400, ["no_whole", "above_most"]),
        (f"{LIST}?unit=%00", 400, ["other_pattern"]),
        (f"{LIST}?format=xml", 400, ["unknown_choice"]),
        (f"{LIST}?password=x", 400, ["key_unknown"]),
        (f"{LIST}?page=1&page=2", 400, ["parameter_twice"]),
        ("/api/v1/schemes/skm-2017?format=csv", 400, ["key_unknown"]),
        (f"{LIST}/x", 404, ["api_no_record"]),
        (f"{LIST}/", 404, ["api_no_address"]),
        ("/api/v2/announcements", 404, ["api_no_address"]),
        ("/api", 404, ["api_no_address"]),
        ("/api/v1/a%0Ab", 404, ["api_no_address"]),
        ("/api/v1/schemes/..%2Fskm-2017", 404, ["api_no_address"]),
        ("/api/v1/schemes/skm-1999", 404, ["api_no_record"]),
    ],
)
def test_what_is_not_served_is_told_in_json(
    public: Public, path: str, status: int, codes: list[str]
) -> None:
    answer = ask(public.app, path)
    assert (answer.status, refused(answer)) == (status, codes)


def test_a_parameter_is_named_with_found_and_expected(public: Public) -> None:
    (problem,) = ask(public.app, f"{LIST}?size=501").json["problems"]
    assert problem["parameter"] == "size"
    assert "501" in problem["en"]
    assert "500" in problem["en"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"])
def test_what_changes_something_is_not_allowed(public: Public, method: str) -> None:
    answer = ask(public.app, LIST, method)
    assert (answer.status, refused(answer)) == (405, ["api_method"])
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


def test_another_format_is_not_acceptable(public: Public) -> None:
    for path, accept in ((LIST, "text/html"), (f"{LIST}/{public.announced}", "text/csv")):
        answer = ask(public.app, path, headers={"Accept": accept})
        assert (answer.status, refused(answer)) == (406, ["api_not_acceptable"])
    browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    assert ask(public.app, LIST, headers=browser).status == 200


@pytest.mark.database
def test_without_a_database_it_says_when_to_come_again(tmp_path: Path) -> None:
    app = served(open_engine(f"sqlite:///{tmp_path / 'empty.sqlite3'}"))
    answer = ask(app, LIST)
    assert (answer.status, refused(answer)) == (503, ["api_unavailable"])
    assert answer.headers["retry-after"] == "10"


def test_schemes_and_questionnaires_are_there_with_their_files(public: Public) -> None:
    for kind, known in (("schemes", "skm-2017"), ("instruments", "skm-2017")):
        rows = ask(public.app, f"/api/v1/{kind}").json["items"]
        (row,) = [one for one in rows if one["id"] == known]
        whole = ask(public.app, row["url"]).json
        assert whole["yaml"].encode().startswith(b"#")
        assert {key: whole[key] for key in row} == row
    bands = ask(public.app, "/api/v1/schemes/skm-2017").json["bands"]
    assert [band["grade"] for band in bands] == ["D", "C", "B", "A"]
