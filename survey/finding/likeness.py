"""How each database tells what is like a word, and the question that both are asked.

A word's likeness is the share of its trigrams that a text has (SQLite), or PostgreSQL's
``word_similarity``, 1 where the text has the word as it is; from 0 to 1 at both.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

# A form of the word with this number; several forms of one word have the same.
Term = tuple[int, str]
# Up to so many letters, a word must be how one begins: it is too short to be misspelt.
FEW_LETTERS = 3
IN_A_PATTERN = re.compile(r"([\\%_])")
TABLES = ("units", "services", "institutions", "former_names")

# A service counts less than a name, a place less than a service; a former name as little as a
# place. The number of all that was typed is negative, and so is that of a code.
QUESTION = r"""
WITH {wanted},
short (word, pattern) AS (
    SELECT CAST({first} AS INTEGER), {second} FROM {short_rows}
),
likely (origin, place, word, likeness) AS (
    {likely}
),
offered (unit, word, likeness) AS (
    SELECT id, -2, 1.0 FROM units WHERE lower(code) = :typed
    UNION ALL
    SELECT place, word, likeness FROM likely WHERE origin = 'units'
    UNION ALL
    SELECT unit_id, word, 0.9 * likeness FROM likely JOIN services ON services.id = place
    WHERE origin = 'services' AND word >= 0 AND (closed_on IS NULL OR closed_on > :today)
    UNION ALL
    SELECT units.id, word, 0.8 * likeness FROM likely JOIN units ON institution_id = place
    WHERE origin = 'institutions' AND word >= 0
    UNION ALL
    SELECT units.id, word, 0.8 * likeness FROM likely
    JOIN institutions ON province_id = place JOIN units ON institution_id = institutions.id
    WHERE origin = 'institutions' AND word >= 0
    UNION ALL
    SELECT unit_id, word, 0.8 * likeness FROM likely JOIN former_names ON former_names.id = place
    WHERE origin = 'former_names' AND unit_id IS NOT NULL
    UNION ALL
    SELECT units.id, word, 0.8 * likeness FROM likely
    JOIN former_names ON former_names.id = place
    JOIN units ON units.institution_id = former_names.institution_id
    WHERE origin = 'former_names' AND word >= 0
),
best (unit, word, likeness) AS (
    SELECT unit, word, max(likeness) FROM offered GROUP BY unit, word
)
SELECT unit, CASE WHEN count(CASE WHEN word >= 0 THEN 1 END) = :words
    THEN 1 + sum(CASE WHEN word >= 0 THEN likeness ELSE 0 END) / :words
    ELSE max(likeness) END AS score
FROM best GROUP BY unit
HAVING count(CASE WHEN word >= 0 THEN 1 END) = :words OR min(word) < 0
"""
BEGINS = r"""
    SELECT '{table}', id, word, 1.0 FROM short JOIN {table}
    ON ' ' || replace(replace(replace(lower(name), '-', ' '), '/', ' '), '(', ' ')
        LIKE pattern ESCAPE '\'
"""


@dataclass(frozen=True)
class Likeness:
    """A database's way: its SQL, and the least likeness that is enough.

    ``rows``: of a list of lists as JSON, with its ``items``; ``wanted``: the words' forms;
    ``likely``: what of a table is like one; ``settings``: of the transaction, by name.
    """

    least: float
    rows: str
    items: tuple[str, str]
    wanted: str
    likely: str
    settings: Mapping[str, str]

    def question(self) -> str:
        """The SQL that gives units with scores."""
        every = [part.format(table=table) for table in TABLES for part in (self.likely, BEGINS)]
        return QUESTION.format(
            wanted=self.wanted,
            first=self.items[0],
            second=self.items[1],
            short_rows=self.rows.format(name="short"),
            likely="    UNION ALL".join(every),
        )


# Of eight letters, one may be wrong, missing or too many: it spoils three trigrams at most, more
# of which are not forgiven in all that was typed.
LIKENESS = {
    "sqlite": Likeness(
        0.6,
        "json_each(:{name})",
        ("json_extract(value, '$[0]')", "json_extract(value, '$[1]')"),
        """wanted (word, form, size, trigram) AS (
            SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'),
                json_extract(value, '$[2]'), json_extract(value, '$[3]') FROM json_each(:long)
        )""",
        """
        SELECT '{table}', {table}_search.rowid, word, 1.0 * count(*) / size
        FROM wanted JOIN {table}_search ON {table}_search MATCH trigram
        GROUP BY {table}_search.rowid, word, form
        HAVING count(*) >= :least * size AND (word >= 0 OR size - count(*) <= 3)
        """,
        {},
    ),
    "postgresql": Likeness(
        0.5,
        "json_array_elements(CAST(:{name} AS json))",
        ("value->>0", "value->>1"),
        """wanted (word, term, pattern) AS (
            SELECT CAST(value->>0 AS INTEGER), value->>1, value->>2
            FROM json_array_elements(CAST(:long AS json))
        )""",
        r"""
        SELECT '{table}', id, word, CASE WHEN name ILIKE pattern ESCAPE '\' THEN 1
            ELSE word_similarity(term, name) END
        FROM wanted JOIN {table} ON (term <% name OR name ILIKE pattern ESCAPE '\')
            AND (word >= 0 OR similarity(term, name) >= :least)
        """,
        # Its compiling would take longer than the search.
        {"pg_trgm.word_similarity_threshold": "0.5", "jit": "off"},
    ),
}


def long_terms(engine: str, terms: Iterable[Term]) -> str:
    """The terms with more than a few letters, as the engine's SQL takes them."""
    long = [(word, term) for word, term in terms if len(term) > FEW_LETTERS]
    if engine == "postgresql":
        return json.dumps([(word, term, f"%{_escaped(term)}%") for word, term in long])
    return json.dumps([row for form, term in enumerate(long) for row in _trigrams(form, *term)])


def short_terms(terms: Iterable[Term]) -> str:
    """The others: where a word begins with them."""
    short = [(word, term) for word, term in terms if len(term) <= FEW_LETTERS]
    return json.dumps([(word, f"% {_escaped(term)}%") for word, term in short])


def _trigrams(form: int, word: int, term: str) -> Iterator[Sequence[int | str]]:
    """The term's trigrams, each a phrase of FTS5, and how many there are."""
    found = {term[at : at + 3].replace('"', '""') for at in range(len(term) - 2)}
    yield from ((word, form, len(found), f'"{trigram}"') for trigram in sorted(found))


def _escaped(term: str) -> str:
    return IN_A_PATTERN.sub(r"\\\1", term)
