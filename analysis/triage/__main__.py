"""How good the triage is, printed: python -m analysis.triage."""

from analysis.triage.corpus import HANDS
from analysis.triage.model import seed_model
from analysis.triage.scores import LabelScores
from analysis.triage.validation import SETS, judge, unseen_frames, unseen_hand, validation


def main() -> None:
    """Prints the scores on each validation set, and the calibration on unseen frames."""
    for name in SETS:
        _print(f"validation-{name}", judge(seed_model(), validation(name)))
    for hand in HANDS:
        _print(f"by the hand “{hand}”, unseen", unseen_hand(hand))
    found = unseen_frames()
    _print("generated from unseen frames", found)
    print("confidence  right  comments")
    for one in found.bins:
        bar = "#" * round(40 * one.right)
        print(f"{one.confidence:10.3f}  {one.right:5.3f}  {one.comments:8}  {bar}")


def _print(name: str, found: LabelScores) -> None:
    print(
        f"{name}: {found.comments} comments, macro-F1 {found.macro_f1:.3f}, "
        f"right {found.accuracy:.3f}, right of the 60 % most confident {found.precision:.3f}, "
        f"calibration error {found.calibration_error:.3f}"
    )


if __name__ == "__main__":
    main()
