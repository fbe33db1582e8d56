"""What is asked of a year: under which scheme it is scored, and on which evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.rulebook.scheme import Scheme

ScaleRange = tuple[Fraction, Fraction]
Asks = Mapping[str | None, ScaleRange | None]  # what a scheme asks for, on which scale


@dataclass(frozen=True)
class Scoring:
    """Under which scheme a year is scored, and on which evidence.

    ``stand_in``: a unit's own survey's score of perceived maladministration serves where the
    scheme asks for the Ombudsman's interviews and the unit has none; the result is then marked
    "not independent". ``without``: responses that do not count, those of the "open_link" or of
    each "import". ``squares``: also the second moments of the indices.
    """

    scheme: Scheme
    year: int
    stand_in: bool = False
    without: Sequence[str] = ()
    squares: bool = False

    @property
    def asks(self) -> Asks:
        """The evidence that the scheme asks for, each with its scale."""
        return {node.evidence: node.span for node in self.scheme.indicators()}

    @property
    def indexed(self) -> bool:
        """Whether satisfaction indices are counted."""
        return self.squares or "satisfaction_index" in self.asks

    @property
    def cleaned(self) -> bool:
        """Whether perceived maladministration is counted."""
        return self.squares or "perceived_maladministration" in self.asks

    @property
    def survey_stands_in(self) -> bool:
        """Whether a survey may stand in for interviews that the scheme asks for."""
        return self.stand_in and "perceived_maladministration" in self.asks
