"""Printed pages: their templates, and the font that each brings along.

Source Sans 3.052 in all weights, as cut for Latin letters by @fontsource-variable/source-sans-3
5.3.1; the files are unchanged. With it a page breaks its lines alike on every machine.
"""

from base64 import b64encode
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from analysis.characters import readable

FONTS = Path(__file__).parent / "fonts"


@cache
def font(name: str) -> str:
    """A file of the font as an address that holds it whole."""
    return f"data:font/woff2;base64,{b64encode((FONTS / name).read_bytes()).decode()}"


templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    # What is Markup was made by the program.
    finalize=lambda one: readable(one) if type(one) is str else one,
)
templates.globals["font"] = font
