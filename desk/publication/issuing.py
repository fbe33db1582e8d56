"""Who issues the certificates of a publication, as it was told when it was prepared."""

from analysis.characters import entered
from analysis.errors import Written, bad
from analysis.publication.evidence import CertificateIssuer
from analysis.rulebook.scheme import Scheme
from analysis.rules import Text
from locales import Phrase

LONGEST = 200


def checked_issuer(scheme: Scheme, issuer: CertificateIssuer) -> CertificateIssuer:
    """The issuer as it is stored.

    Raises BadInput for a scheme that gives no certificate, and for a text that is empty or too
    long for its line.
    """
    if scheme.certificate is None:
        raise bad("scheme_without_certificate", scheme=scheme.id)
    return CertificateIssuer(
        body=_in_both("body", issuer.body),
        place=_line("place", issuer.place),
        signatory=_line("signatory", issuer.signatory),
        office=_in_both("office", issuer.office),
    )


def _in_both(key: str, text: Text) -> Text:
    return Text(id=_line(key, text.id), en=_line(key, text.en))


def _line(key: str, text: str) -> str:
    """On one line."""
    line = " ".join(entered(text).split())
    if not 0 < len(line) <= LONGEST:
        what = Phrase(f"issuer.{key}")
        raise bad("issuer_unfit", what=what, found=Written(line), most=LONGEST)
    return line
