"""The report of a survey, "Laporan Survei Kepuasan Masyarakat", as DOCX and as PDF.

Both are drawn from one document, so that they say the same.
"""

from collections import Counter
from dataclasses import replace

from locales import Language
from reports.disclosed import DisclosedContents
from reports.document import Block, Document, Figure, Table
from reports.papers import annexes, chapters, results
from reports.papers.word import docx
from reports.typeset import pdf
from reports.words import PaperWords


def report_docx(contents: DisclosedContents, language: Language = "id") -> bytes:
    """The report as a Word file."""
    return docx(report(contents, language))


def report_pdf(contents: DisclosedContents, language: Language = "id") -> bytes:
    """The report as PDF/A-2a and PDF/UA-1: for archives, tagged for screen readers."""
    return pdf(report(contents, language))


def report(contents: DisclosedContents, language: Language = "id") -> Document:
    """The report as a document. Raises ValueError where a photograph is none."""
    words = PaperWords(contents, language)
    blocks = [
        *chapters.summary(words),
        *chapters.introduction(words),
        *results.analysis(words),
        *chapters.followed_up(words),
        *chapters.conclusion(words),
        *chapters.approval(words),
        *annexes.annexes(words),
    ]
    return Document(
        language=language,
        title=words.say("report.title", survey=words.survey),
        subtitle=words.scheme.title[language],
        name=contents.name,
        institution=contents.institution if contents.unit else "",
        period=words.say("report.period", period=contents.period),
        year=str(contents.made.year),
        made=contents.made,
        contents=words.say("report.contents"),
        page=words.say("report.page"),
        blocks=_numbered(blocks, words),
        mark=words.say("posters.demonstration") if contents.demonstration else None,
    )


def _numbered(blocks: list[Block], words: PaperWords) -> list[Block]:
    """The blocks with their tables and figures numbered in order."""
    seen: Counter[type] = Counter()

    def caption(block: Table | Figure) -> str:
        seen[type(block)] += 1
        key = "report.table" if isinstance(block, Table) else "report.figure"
        return words.say(key, at=seen[type(block)], caption=block.caption)

    return [
        replace(block, caption=caption(block)) if isinstance(block, Table | Figure) else block
        for block in blocks
    ]
