"""How a screen hands out: a link that looks like a button, and pictures beside the text."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import streamlit as st

from models import Session
from screens.offers import Make, Offer, PublicOffer, put_out
from screens.shell import signed_in

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV, PNG = "text/csv", "image/png"


@dataclass(frozen=True)
class NamedFile:
    """What a file is called, and of which kind it is."""

    file_name: str
    media_type: str


def hand_out(label: str, file: NamedFile, make: Make, key: str, primary: bool = False) -> None:
    """Offers a file to who signed in, and to nobody else. It is made when it is asked for."""
    offer = Offer(file.file_name, file.media_type, signed_in(), make)
    _link(label, put_out(key, offer), primary)


def hand_out_to_all(
    label: str, file: NamedFile, make: Callable[[Session], bytes], key: str, primary: bool = False
) -> None:
    """Offers a file that is public."""
    _link(label, put_out(key, PublicOffer(file.file_name, file.media_type, make)), primary)


def show_picture(file: NamedFile, make: Make, key: str, width: int, caption: str = "") -> None:
    """Shows a picture to who signed in; its address answers nobody else."""
    offer = Offer(file.file_name, file.media_type, signed_in(), make, shown=True)
    _picture(put_out(key, offer), width, caption)


def _picture(address: str, width: int, caption: str) -> None:
    told = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    image = f'<img src="{address}" alt="{escape(caption)}" width="{width}">'
    st.html(f'<figure class="picture">{image}{told}</figure>')


def _link(label: str, address: str, primary: bool) -> None:
    look = "take first" if primary else "take"
    st.html(f'<a class="{look}" href="{address}">{escape(label)}</a>', width="content")
