"""The register's file as it is handed out: empty, or filled in with what is there."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from accounts.actors import Actor
from desk.register.file import LEVELS, FileWords, file_words
from desk.register.keeping import kept_institutions
from desk.register.plan import RegisterEntry, stored_entries
from locales import LANGUAGES, Language, say
from reports.cells import csv_file
from reports.workbooks.register import RegisterSheets, register_xlsx

Rows = Sequence[Sequence[str]]


def template_xlsx(language: Language, rows: Rows = ()) -> bytes:
    """A workbook: a sheet to fill in, and one that explains it with an example."""
    words = file_words()
    return register_xlsx(
        RegisterSheets(
            names=(say(language, "register.sheet"), say(language, "register.sheet_help")),
            headings=_headings(words, language),
            lists=_lists(words, language),
            rows=rows,
            lead=say(language, "register.help_lead"),
            helps=[say(language, f"register.help_{key}") for key in words.headings],
            examples=words.examples,
        )
    )


def template_csv(language: Language) -> bytes:
    """A CSV file of the headings, as spreadsheet programs here write and read them."""
    return csv_file(_headings(file_words(), language), [], delimiter=";")


def filled_in(session: Session, actor: Actor, language: Language) -> Rows:
    """What the actor keeps, as rows of the file: loaded again as they are they change nothing."""
    kept = {one.code for one in kept_institutions(session, actor)}
    entries = list(stored_entries(session))
    units = {one.code for one in entries if one.level == "unit" and one.above in kept}
    own = [
        one
        for one in entries
        if not one.ended
        and (one.code if one.level == "institution" else one.above)
        in (kept if one.level in ("institution", "unit") else units)
    ]
    words = file_words()
    ordered = sorted(own, key=lambda one: (LEVELS.index(one.level), one.kind != "province"))
    return [_row(words, language, one) for one in ordered]


def _row(words: FileWords, language: Language, one: RegisterEntry) -> list[str]:
    kind = _word(language, words.kinds[one.kind]) if one.kind else ""
    zone = words.timezones[one.timezone][0] if one.timezone else ""
    level = _word(language, words.levels[one.level])
    return [level, one.code, one.name, one.above, kind, zone, ""]


def _headings(words: FileWords, language: Language) -> list[str]:
    return [_word(language, same) for same in words.headings.values()]


def _lists(words: FileWords, language: Language) -> dict[int, list[str]]:
    """The words that a column may hold, by its place."""
    known = {"level": words.levels, "kind": words.kinds, "timezone": words.timezones}
    return {
        at: [_word(language, same) for same in known[key].values()]
        for at, key in enumerate(words.headings)
        if key in known
    }


def _word(language: Language, same: Sequence[str]) -> str:
    """The word of a language: they stand in the file in the order of the languages."""
    return dict(zip(LANGUAGES, same, strict=False)).get(language, same[0])
