"""Papers as Word files, to be edited: real headings, a table of contents, repeated table heads."""

from collections.abc import Sequence
from functools import singledispatch
from io import BytesIO

import docx as python_docx
from docx.document import Document as WordFile
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table as WordTable
from docx.table import _Row as WordRow
from docx.text.paragraph import Paragraph as WordParagraph

from analysis.characters import readable
from reports import charts
from reports.document import (
    Bullets,
    Document,
    Figure,
    Heading,
    Paragraph,
    Photo,
    SignatureBlock,
    Table,
    with_texts,
)
from reports.style import INK
from reports.typeset import midnight

FONT = "Arial"
LANGUAGES = {"id": "id-ID", "en": "en-GB"}
TEXT_WIDTH = 170  # millimetres
PHOTO_HEIGHT = 58
LONGEST_PROPERTY = 255  # what Word takes
COLOUR = RGBColor.from_string(INK.removeprefix("#").upper())
DEEPEST_LISTED = 2


def docx(document: Document) -> bytes:
    """The document as a DOCX file."""
    document = with_texts(document, readable)
    file = python_docx.Document()
    _describe(file, document)
    _style(file, document)
    _cover(file, document)
    _contents(file, document)
    for block in document.blocks:
        _add(block, file)
    out = BytesIO()
    file.save(out)
    return out.getvalue()


def _describe(file: WordFile, document: Document) -> None:
    core = file.core_properties
    core.title = f"{document.title}: {document.name}"[:LONGEST_PROPERTY]
    core.author = document.institution or document.name
    core.subject = document.period
    core.language = LANGUAGES[document.language]
    core.comments = core.keywords = ""
    core.created = core.modified = midnight(document.made)


def _style(file: WordFile, document: Document) -> None:
    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm((210 - TEXT_WIDTH) / 2)
    section.top_margin, section.bottom_margin = Mm(24), Mm(22)
    sizes = {"Normal": 11, "Heading 1": 16, "Heading 2": 13, "Caption": 10, "Title": 26}
    for name, size in sizes.items():
        style = file.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{script}"), FONT)
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        if name != "Normal":
            style.font.color.rgb = COLOUR
    file.styles["Normal"].paragraph_format.space_after = Pt(8)
    file.styles["Caption"].paragraph_format.keep_with_next = True
    _set_language(file, LANGUAGES[document.language])


def _set_language(file: WordFile, language: str) -> None:
    for spoken in file.styles.element.iter(qn("w:lang")):
        spoken.set(qn("w:val"), language)


def _cover(file: WordFile, document: Document) -> None:
    title = file.add_paragraph(document.title, style="Title")
    title.paragraph_format.space_before = Mm(40)
    lines = (
        (document.subtitle, 14, False),
        (document.name, 20, True),
        (document.institution, 14, False),
        (document.period, 14, False),
        (document.year, 14, True),
    )
    paragraphs = [title]
    for text, size, bold in lines:
        paragraph = file.add_paragraph()
        run = paragraph.add_run(text)
        run.font.size, run.bold = Pt(size), bold
        paragraph.paragraph_format.space_before = Mm(24 if bold else 4)
        paragraphs.append(paragraph)
    for paragraph in paragraphs:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    section = file.add_section(WD_SECTION.NEW_PAGE)
    section.footer.is_linked_to_previous = False
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    footer.add_run(f"{document.page} ")
    _field(footer, "PAGE", "2")
    if document.mark:
        header = file.sections[0].header.paragraphs[0]
        header.alignment = WD_ALIGN_PARAGRAPH.CENTER
        header.add_run(document.mark).bold = True


def _contents(file: WordFile, document: Document) -> None:
    """A field that Word fills with page numbers; until then it lists the headings."""
    heading = file.add_paragraph()
    run = heading.add_run(document.contents)
    run.bold, run.font.size, run.font.color.rgb = True, Pt(16), COLOUR
    listed = [
        ("    " if block.level == DEEPEST_LISTED else "") + block.text
        for block in document.blocks
        if isinstance(block, Heading)
    ]
    paragraph = file.add_paragraph()
    _field(paragraph, f'TOC \\o "1-{DEEPEST_LISTED}" \\h \\z \\u', "\n".join(listed), stale=True)
    paragraph.add_run().add_break(WD_BREAK.PAGE)


def _field(paragraph: WordParagraph, code: str, shown: str, stale: bool = False) -> None:
    """A field with what it shows until it is computed; a stale one is computed on opening."""

    def mark(kind: str) -> None:
        char = OxmlElement("w:fldChar")
        char.set(qn("w:fldCharType"), kind)
        if stale and kind == "begin":
            char.set(qn("w:dirty"), "true")
        paragraph.add_run()._r.append(char)

    mark("begin")
    instruction = OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = f" {code} "
    paragraph.add_run()._r.append(instruction)
    mark("separate")
    paragraph.add_run(shown)
    mark("end")


@singledispatch
def _add(block: object, file: WordFile) -> None:
    raise TypeError(type(block).__name__)


@_add.register
def _(block: Heading, file: WordFile) -> None:
    file.add_heading(block.text, block.level)


@_add.register
def _(block: Paragraph, file: WordFile) -> None:
    file.add_paragraph(block.text)


@_add.register
def _(block: Bullets, file: WordFile) -> None:
    for item in block.items:
        file.add_paragraph(item, style="List Bullet")


@_add.register
def _(block: Table, file: WordFile) -> None:
    file.add_paragraph(block.caption, style="Caption")
    table = file.add_table(rows=1 + len(block.rows), cols=len(block.head))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    if block.small:
        _narrow_margins(table)
    for row, texts in zip(table.rows, [block.head, *block.rows], strict=True):
        _fill(row, texts, block, head=texts is block.head)
    for column, width in zip(table.columns, block.widths, strict=True):
        column.width = _share(block, width)
    file.add_paragraph()


@_add.register
def _(block: Figure, file: WordFile) -> None:
    _picture(file, charts.png(block.chart), block.alt, block.caption, width=Mm(TEXT_WIDTH))


@_add.register
def _(block: Photo, file: WordFile) -> None:
    _picture(file, block.picture, block.alt, block.caption, height=Mm(PHOTO_HEIGHT))


@_add.register
def _(block: SignatureBlock, file: WordFile) -> None:
    lines = (block.place_and_date, block.office, "\n\n\n", block.name, block.nip)
    for text in lines:
        paragraph = file.add_paragraph()
        paragraph.add_run(text).bold = text == block.name
        paragraph.paragraph_format.left_indent = Mm(95)
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.paragraph_format.keep_with_next = text != block.nip


def _fill(row: WordRow, texts: Sequence[str], block: Table, head: bool) -> None:
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))
    for at, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
        cell.width = _share(block, block.widths[at])
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(1)
        if at in block.numbers:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        run = paragraph.add_run(text)
        run.bold, run.font.size = head, Pt(7.5 if block.small else 9.5)


def _narrow_margins(table: WordTable) -> None:
    """Room for numbers in many columns: Word leaves 1.9 mm on each side of a cell."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "40")  # twentieths of a point
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)


def _share(block: Table, width: float) -> Mm:
    return Mm(TEXT_WIDTH * width / sum(block.widths))


def _picture(file: WordFile, picture: bytes, alt: str, caption: str, **size: Mm) -> None:
    paragraph = file.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = True
    drawn = paragraph.add_run().add_picture(BytesIO(picture), **size)
    drawn._inline.docPr.set("descr", alt)
    below = file.add_paragraph(caption, style="Caption")
    below.paragraph_format.keep_with_next = False
