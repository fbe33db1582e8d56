"""How the triage and the redaction do on labelled comments: ``python -m bench.field_comments``.

Give a JSON Lines file (``text``, ``label``, ``secondary``, ``pii``: a list of what is personal);
beside it, where its comments have notes, a table (``id``, tone, elements, topic; by tabs). Written
to the command line only: nothing is learned from it.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analysis.redaction import redact
from analysis.triage.groups import groups
from analysis.triage.model import Model, seed_model
from analysis.triage.reading import Triaged, triage
from analysis.triage.scores import LabelScores, scores
from analysis.triage.settings import settings
from bench.groupings import NOTES, pair_scores

# A class of fewer comments tells nothing of how a class is read.
FEWEST = 5
LENGTHS = ((1, 15), (16, 35), (36, 120))


def main() -> None:
    """Prints what was found on the file named."""
    rows = [json.loads(line) for line in Path(sys.argv[1]).read_text("utf-8").splitlines()]
    model = seed_model()
    texts = [redact(row["text"]).text for row in rows]
    read = triage(texts, model)
    _tell_labels(rows, read)
    _tell_safety(rows, read)
    _tell_redaction(rows, texts)
    _tell_notes(rows, texts, read, model)


def field_scores(rows: Sequence[dict[str, Any]], read: Sequence[Triaged]) -> LabelScores:
    """The scores of the labels; the macro-F1 of classes with five comments and more."""
    true = [row["label"] for row in rows]
    return scores(true, [one.label for one in read], [one.confidence for one in read], FEWEST)


def _tell_labels(rows: Sequence[dict[str, Any]], read: Sequence[Triaged]) -> None:
    _tell("all", field_scores(rows, read))
    for least, most in LENGTHS:
        at = [at for at, row in enumerate(rows) if least <= len(row["text"].split()) <= most]
        if at:
            some = field_scores([rows[one] for one in at], [read[one] for one in at])
            _tell(f"{least} to {most} words", some)
    for label, value in field_scores(rows, read).by_label.items():
        print(f"  F1 {label}: {value:.2f}")
    kept = [(row["label"], one) for row, one in zip(rows, read, strict=True) if not one.abstained]
    right = sum(label == one.label for label, one in kept)
    print(f"abstained: {len(rows) - len(kept)}; right of the others {right / len(kept):.2f}")


def _tell(name: str, found: LabelScores) -> None:
    print(
        f"{name}: {found.comments} comments, macro-F1 {found.macro_f1:.3f}, "
        f"right {found.accuracy:.3f}, right of the 60 % most confident {found.precision:.3f}, "
        f"calibration error {found.calibration_error:.3f}"
    )


def _tell_safety(rows: Sequence[dict[str, Any]], read: Sequence[Triaged]) -> None:
    serious = [bool({row["label"], row["secondary"]} & settings().serious) for row in rows]
    pairs = list(zip(serious, read, strict=True))
    found = [one for told, one in pairs if told]
    others = [one for told, one in pairs if not told]
    print(
        f"serious: {len(found)}, of which {sum(not one.withheld for one in found)} reach the unit "
        f"and {sum(one.urgent for one in found)} are urgent; of {len(others)} others "
        f"{sum(one.withheld for one in others)} are withheld and "
        f"{sum(one.urgent for one in others)} urgent"
    )


def _tell_redaction(rows: Sequence[dict[str, Any]], texts: Sequence[str]) -> None:
    missed = [
        (row["id"], span)
        for row, text in zip(rows, texts, strict=True)
        for span in row["pii"]
        if span in text
    ]
    words = wrong = 0
    for row in rows:
        personal = " ".join(row["pii"])
        for span in redact(row["text"]).spans:
            taken = row["text"][span.start : span.end].split()
            wrong += sum(word.strip(".,") not in personal for word in taken)
        words += len(row["text"].split())
    spans = sum(len(row["pii"]) for row in rows)
    print(f"personal: {spans} spans, {len(missed)} missed {missed}")
    print(f"redacted of other words: {wrong} of {words} ({wrong / words:.2%})")


def _tell_notes(
    rows: Sequence[dict[str, Any]], texts: Sequence[str], read: Sequence[Triaged], model: Model
) -> None:
    lines = [line.split("\t") for line in NOTES.read_text("utf-8").splitlines()]
    notes = {
        key: (tone, set(elements.split(",")) - {"-"}, topic) for key, tone, elements, topic in lines
    }
    known = [at for at, row in enumerate(rows) if row["id"] in notes]
    if not known:
        return
    told = [notes[rows[at]["id"]] for at in known]
    right = sum(read[at].sentiment == tone for at, (tone, _, _) in zip(known, told, strict=True))
    print(f"sentiment right: {right / len(known):.2f}")
    both = [
        (set(read[at].elements), wanted) for at, (_, wanted, _) in zip(known, told, strict=True)
    ]
    hit = sum(len(given & wanted) for given, wanted in both)
    print(
        f"elements: precision {hit / sum(len(given) for given, _ in both):.2f}, "
        f"recall {hit / sum(len(wanted) for _, wanted in both):.2f}; "
        f"facilities on {sum('facilities' in given for given, _ in both)} of {len(both)}"
    )
    found = groups([texts[at] for at in known], model)
    precision, recall = pair_scores(
        [group.members for group in found], [topic for _, _, topic in told]
    )
    print(
        f"groups: {len(found)} of {sum(len(group.members) for group in found)} comments, pairs: "
        f"precision {precision:.2f}, recall {recall:.2f}"
    )
    for group in found:
        print(f"  {group.concern} ({group.title}): {len(group.members)}")


if __name__ == "__main__":
    main()
