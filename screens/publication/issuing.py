"""Who issues and signs the certificates of a publication: asked when it is prepared."""

import streamlit as st

from analysis.publication.evidence import CertificateIssuer
from analysis.rulebook.scheme import Scheme
from analysis.rules import Text
from desk.publication.issuing import LONGEST
from screens.acts import fresh
from screens.shell import say

LINES = ("body", "body_en", "place", "office", "office_en", "signatory")


def ask_issuer(scheme: Scheme) -> CertificateIssuer | None:
    """What certificates say of it; None for a scheme without any, or where nothing is filled in."""
    if scheme.certificate is None:
        return None
    key = fresh("issuer")
    with st.expander(say("issuer.title"), icon=":material/workspace_premium:", key=f"{key}_open"):
        st.caption(say("issuer.means"))
        told = {
            line: st.text_input(say(f"issuer.{line}"), max_chars=LONGEST, key=f"{key}_{line}")
            for line in LINES
        }
    if not any(told.values()):
        return None
    return CertificateIssuer(
        body=Text(id=told["body"], en=told["body_en"]),
        place=told["place"],
        signatory=told["signatory"],
        office=Text(id=told["office"], en=told["office_en"]),
    )
