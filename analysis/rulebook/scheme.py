"""Schemes: the dated rules by which indicators become a score and a grade, as a tree."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import Field, model_validator

from analysis.errors import Place, bad
from analysis.exact import Exact, half_up
from analysis.rules import (
    Rule,
    RuleLanguage,
    Source,
    Text,
    Validity,
    broken,
    check,
    check_known,
    find_rules,
    parse_yaml,
    read_rules,
    rule_hash,
    rule_ids,
    without_brackets,
)
from analysis.standing import MARKS, Standing

SCHEMES = Path(__file__).resolve().parents[1] / "schemes"
ROOT = "score"
RESERVED = {ROOT, "institution", "unit", "province"}

Mean = Literal["arithmetic", "geometric", "harmonic", "generalised", "penalised"]
Zone = Literal["green", "yellow", "red"]
ScaleKind = Literal[
    "identity",
    "ladder",
    "goalposts",
    "min_max",
    "logarithm",
    "z_score",
    "rank",
    "percentile_rank",
    "distance_to_leader",
]
OF_THOSE_PRESENT = ("min_max", "z_score", "rank", "percentile_rank", "distance_to_leader")
# Of these a product or an inverse says nothing: they have no 0 that means none.
UNLIKE_MEASURES = ("z_score", "rank", "percentile_rank")
ENDLESS_SCALES = ("z_score", "rank")
ENDLESS = Fraction(10**30)
# Beyond them a power says nothing that its limit does not, and its digits fill the memory.
LEAST_POWER, MOST_POWER = Fraction(1, 100), Fraction(100)
# Of which scales an option says something.
OPTIONS: dict[str, tuple[ScaleKind, ...]] = {
    "caps": ("goalposts", "logarithm"),
    "base": ("min_max", "z_score", "distance_to_leader"),
    "centre": ("z_score",),
    "spread": ("z_score",),
}
EvidenceKind = Literal[
    "judgement",
    "satisfaction_index",
    "perceived_maladministration",
    "perceived_standards",
    "public_trust",
    "secondary_data",
    "maladministration_survey",
]
Direction = Literal["up", "down"]
Coverage = Annotated[Exact, Field(gt=0, le=1)]
T = TypeVar("T")


class Sourced(Rule, Generic[T]):
    """A value with its standing and the key of its source."""

    value: T
    standing: Standing
    source: str


class Normalisation(Rule):
    """How a raw indicator becomes 0-100: linear from ``between`` to ``onto``.

    identity: 0-100 as it is. ladder: from judgements 0-4. goalposts: from the ends given.
    logarithm: likewise, of ln x. min_max: from the smallest and the largest value present.
    z_score: from their mean and standard deviation to ``centre`` and ``spread``. rank,
    percentile_rank: by how many are worse. distance_to_leader: the share of the best.
    ``caps``: values beyond the ends count as the ends. ``base``: the year of whose values the
    scale takes its ends; of all years where none is named.
    """

    kind: ScaleKind
    between: tuple[Exact, Exact] = (Fraction(0), Fraction(100))
    onto: tuple[Exact, Exact] = (Fraction(0), Fraction(100))
    centre: Exact = Fraction(0)
    spread: Exact = Fraction(1)
    caps: bool = False
    base: int | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, content: Any) -> Any:
        content = {"kind": content} if isinstance(content, str) else content
        ladder = isinstance(content, dict) and content.get("kind") == "ladder"
        return {"between": (0, 4), **content} if ladder else content

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        for key, (low, high) in (("between", self.between), ("onto", self.onto)):
            if low >= high:
                raise broken("range_not_rising", key, low=low, high=high)
        if self.kind == "logarithm" and self.between[0] <= 0:
            raise broken("logarithm_of_nothing", "between", found=self.between[0])
        if self.spread <= 0:
            raise broken("not_above", "spread", found=self.spread, limit=0)
        for option, kinds in OPTIONS.items():
            meant = self.kind in kinds or (option == "caps" and self.base is not None)
            if option in self.model_fields_set and not meant:
                raise broken("option_without_meaning", option, kind=self.kind, kinds=[*kinds])
        return self


class Denominator(Rule):
    """The column by which raw values are divided, ``times`` so many: a thousand people."""

    column: str
    times: Exact = Fraction(1)


class MissingValues(Rule):
    """What a missing value of an indicator becomes: a refusal of the score, or another's value.

    group_mean: the mean of those alike in the column ``by``; nearest_year: its own of the
    nearest year.
    """

    kind: Literal["refuse", "group_mean", "nearest_year"]
    by: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, content: Any) -> Any:
        return {"kind": content} if isinstance(content, str) else content

    @model_validator(mode="after")
    def _by_group(self) -> Self:
        if (self.kind == "group_mean") != (self.by is not None):
            raise broken("group_mean_by", "by", kind=self.kind)
        return self


class Outliers(Rule):
    """What becomes of an indicator whose |skewness| and kurtosis both exceed these bounds.

    winsorise: until ``most`` values are, equal ones together; ``otherwise``: the power of Box-Cox
    where that is not enough. box_cox: with ``power``.
    """

    kind: Literal["winsorise", "box_cox"]
    skewness: Exact = Fraction(2)
    kurtosis: Exact = Fraction(7, 2)
    most: Annotated[int, Field(ge=1)] = 5
    otherwise: Exact | None = None
    power: Exact = Fraction(0)

    @model_validator(mode="after")
    def _powers(self) -> Self:
        for key, power in (("power", self.power), ("otherwise", self.otherwise)):
            if power:
                check_power(power, key)
        return self


class WeightedUnits(Rule):
    """The column of numbers, such as people, by which units weigh in their institution's score."""

    column: str


class ElementNumber(Rule):
    """The number of an element in the regulation's list and on its model form."""

    list: int
    form: int


class Directed(Rule):
    """What may count downwards; upwards where nothing is said."""

    direction: Sourced[Direction] | None = None

    @property
    def inverted(self) -> bool:
        """Whether less is better."""
        return self.direction is not None and self.direction.value == "down"


class Node(Directed):
    """A node of the tree: an indicator (no children) or the mean of its children.

    An inverted indicator is mirrored when it is normalised.
    """

    key: str
    name: Text
    weight: Sourced[Exact]
    mean: Sourced[Mean]
    total: Sourced[Exact] | None = None
    normalise: Sourced[Normalisation]
    power: Sourced[Exact] | None = None
    per: Sourced[Denominator] | None = None
    missing: Sourced[MissingValues] | None = None
    outliers: Sourced[Outliers] | None = None
    coverage: Sourced[Coverage] | None = None
    evidence: EvidenceKind | None = None
    number: ElementNumber | None = None
    children: list["Node"] = []

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.weight.value <= 0:
            raise broken("weight_not_above_zero", "weight", found=self.weight.value)
        check_weights(self.children, self.total)
        check_mean(self)
        return self

    def called(self, order: Literal["list", "form"] = "list") -> Text:
        """The name with the element's number in the list, or on the form, where it has one.

        >>> load_scheme("skm-2017").children[0].called()["id"]
        'U1 Persyaratan'
        """
        if self.number is None:
            return self.name
        number = getattr(self.number, order)
        return Text(id=f"U{number} {self.name.id}", en=f"U{number} {self.name.en}")

    @cached_property
    def span(self) -> tuple[Fraction, Fraction] | None:
        """The smallest and largest value that may be given; None where any may be."""
        if self.children:
            return reach(self)
        rule = self.normalise.value
        free = rule.kind in OF_THOSE_PRESENT or rule.caps or self.changed
        return None if free else rule.between

    @property
    def changed(self) -> bool:
        """Whether something is done to its raw values before they are normalised."""
        filled = self.missing is not None and self.missing.value.kind != "refuse"
        return self.per is not None or filled or self.outliers is not None


class Band(Rule):
    """A band of scores, both edges included: ``from`` one ``to`` the other.

    Written ``above`` instead of from, or ``below`` instead of to, an edge is left out. Two
    bands may then share an edge and leave no gap, which is how a scheme says that the
    unrounded score is banded. ``of_unit``: the label of a unit, where it has another than an
    institution.
    """

    start: Exact = Field(alias="from")
    end: Exact = Field(alias="to")
    above: Exact | None = None
    below: Exact | None = None
    label: Text
    of_unit: Text | None = None
    grade: str | None = None
    zone: Zone | None = None

    @model_validator(mode="before")
    @classmethod
    def _edges(cls, content: Any) -> Any:
        edges = {}
        for included, left_out in (("from", "above"), ("to", "below")):
            if isinstance(content, dict) and left_out in content:
                if included in content:
                    raise broken("edge_twice", left_out, included=included, left_out=left_out)
                edges[included] = content[left_out]
        return {**content, **edges} if edges else content

    def holds(self, score: Fraction) -> bool:
        return self.start <= score <= self.end and score not in (self.above, self.below)

    def __str__(self) -> str:
        start = "from" if self.above is None else "above"
        end = "to" if self.below is None else "below"
        return f"{start} {float(self.start):g} {end} {float(self.end):g}"


class Suffix(Rule):
    """What is appended to an institution's label where a fact is declared.

    ``fact``: its key, the heading of its column in a file; ``means``: what is declared.
    """

    fact: str
    means: Text
    label: Text


class OpinionWords(Rule):
    """What is said of compliance where the suffix is not: a product is open, or none was issued."""

    open: Text
    none: Text


class Withholding(Rule):
    """Of which years certificates are withheld while a product of the Ombudsman is open."""

    years: Validity


class CertificateRule(Rule):
    """What is handed out, and the score from which its band is eligible."""

    name: Text
    start: Exact = Field(alias="from")


class MinimumSample(Rule):
    """Constants of the Krejcie and Morgan sample size."""

    chi_square: Exact
    proportion: Exact
    margin: Exact


class Scheme(Directed):
    """The root of a tree with its bands; ``yaml`` is the file's own text.

    In an inverted scheme the lowest score is the best.
    """

    id: str
    title: Text
    owner: Literal["kemenpanrb", "ombudsman", "project", "custom"]
    valid: Validity
    sources: dict[str, Source]
    note: Text | None = None
    decimals: Sourced[Annotated[int, Field(ge=0, le=6)]]
    mean: Sourced[Mean]
    power: Sourced[Exact] | None = None
    coverage: Sourced[Coverage] | None = None
    units: Sourced[WeightedUnits] | None = None
    total: Sourced[Exact] | None = None
    bands: Sourced[list[Band]] | None = None
    suffix: Sourced[Suffix] | None = None
    opinion: Sourced[OpinionWords] | None = None
    withholding: Sourced[Withholding] | None = None
    certificate: Sourced[CertificateRule] | None = None
    minimum_sample: Sourced[MinimumSample] | None = None
    headline: Sourced[Literal["pooled", "averaged"]] | None = None
    comparable_with: Sourced[list[str]] | None = None
    children: list[Node] = Field(min_length=1)
    yaml: str

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        taken = set(RESERVED)
        facts = [self.suffix.value.fact] if self.suffix else []
        for key in (*facts, *(node.key for node in self.nodes())):
            if key.casefold() in taken:
                raise broken("key_taken", "key", found=key, reserved=sorted(RESERVED))
            taken.add(key.casefold())
        check_known((value.source for value in self.values()), self.sources)
        check_weights(self.children, self.total)
        check_mean(self)
        if self.bands:
            if reach(self)[1] >= ENDLESS:
                raise broken("bands_without_ends", "bands", kinds=[*ENDLESS_SCALES, "penalised"])
            check_bands(self.bands.value, self._step, reach(self))
        if self.certificate:
            self._check_certificate(self.certificate.value)
        if self.comparable_with and self.id in self.comparable_with.value:
            raise broken("comparable_with_itself", "comparable_with", found=self.id)
        return self

    def __reduce__(self) -> tuple[Callable[..., "Scheme"], tuple[str, str, list[str]]]:
        """So that another process may have it: its text, and which children are in use."""
        return _from_text, (self.yaml, self.id, [node.key for node in self.children])

    def _check_certificate(self, certificate: CertificateRule) -> None:
        if self.owner != "ombudsman":
            raise broken("certificate_of_another", "certificate", owner=self.owner)
        starts = [band.start for band in self.bands.value] if self.bands else []
        if certificate.start not in starts:
            raise broken("certificate_off_band", "certificate", found=certificate.start)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the file's text."""
        return rule_hash(self.yaml)

    @property
    def short(self) -> str:
        """What officials call the score: in brackets at the end of the Indonesian title.

        >>> load_scheme("skm-2017").short, load_scheme("ipkp-2021").short
        ('IKM', 'IPKP')
        """
        name = without_brackets(self.title["id"])
        return self.title["id"].removeprefix(name).strip(" ()") or name

    def name(self, language: RuleLanguage) -> str:
        """The title without its letters."""
        return without_brackets(self.title[language])

    def nodes(self) -> Iterator[Node]:
        """All nodes below the root, parents first."""
        pending = list(self.children)
        while pending:
            node = pending.pop(0)
            yield node
            pending[:0] = node.children

    def indicators(self) -> list[Node]:
        """The nodes without children."""
        return [node for node in self.nodes() if not node.children]

    def values(self) -> Iterator[Sourced[Any]]:
        """Every sourced value of the scheme."""
        for holder in (self, *self.nodes()):
            for field in type(holder).model_fields:
                if isinstance(value := getattr(holder, field), Sourced):
                    yield value

    @cached_property
    def numbers(self) -> list[str]:
        """The headings of columns of numbers that stand beside the indicators."""
        per = [node.per.value.column for node in self.indicators() if node.per]
        return [*dict.fromkeys([*per, *([self.units.value.column] if self.units else [])])]

    @cached_property
    def groups(self) -> list[str]:
        """The headings of columns by which units are alike."""
        found = (node.missing.value.by for node in self.indicators() if node.missing)
        return [*dict.fromkeys(by for by in found if by)]

    @cached_property
    def of_years(self) -> bool:
        """Whether units may stand in a file once a year: a scale or a filling is of years."""
        return any(
            node.normalise.value.base is not None
            or (node.missing is not None and node.missing.value.kind == "nearest_year")
            for node in self.indicators()
        )

    @cached_property
    def standings(self) -> list[Standing]:
        """The standings that occur among the values, the weakest first."""
        present = {value.standing for value in self.values()}
        weakest_first: tuple[Standing, ...] = ("assumed", "inferred", "stated")
        return [standing for standing in weakest_first if standing in present]

    @cached_property
    def marks(self) -> str:
        """What stands beside every score and zone: "†" for inferred values, "‡" for assumed.

        >>> load_scheme("ombudsman-2022").marks
        '†‡'
        """
        return "".join(MARKS[standing] for standing in reversed(self.standings))

    def comparable(self, other: "Scheme") -> bool:
        """Whether scores under the two may be compared: of one scheme, or where a file says so.

        >>> load_scheme("compliance-2021").comparable(load_scheme("ombudsman-2022"))
        False
        """
        return self.id == other.id or self._names(other) or other._names(self)

    def _names(self, other: "Scheme") -> bool:
        return self.comparable_with is not None and other.id in self.comparable_with.value

    def round(self, score: Fraction) -> Decimal:
        """The score as it is shown and graded."""
        return half_up(score, self.decimals.value)

    @property
    def unrounded(self) -> bool:
        """Whether bands hold unrounded scores: one of them leaves an edge out."""
        edges = [(band.above, band.below) for band in self.bands.value] if self.bands else []
        return any(edge is not None for pair in edges for edge in pair)

    @property
    def _step(self) -> Fraction:
        """From the end of a band to the start of the next."""
        return Fraction(0) if self.unrounded else Fraction(1, 10**self.decimals.value)

    @property
    def each_by_itself(self) -> bool:
        """Whether each unit's scores follow from its own values, whatever those of others are.

        >>> load_scheme("perception-2022").each_by_itself
        True
        """
        return not any(
            node.outliers or node.missing or node.normalise.value.kind in OF_THOSE_PRESENT
            for node in self.indicators()
        )

    def band(self, score: Fraction, fact: bool = False) -> Band | None:
        """The band of the score, rounded unless ``unrounded``; None where there are no bands.

        ``fact``: whether that of the scheme's suffix is declared; the label then says so.
        Raises ValueError for a score outside ``span``.
        """
        if not self.bands:
            return None
        graded = score if self.unrounded else Fraction(self.round(score))
        for band in self.bands.value:
            if band.holds(graded):
                return self._suffixed(band) if fact else band
        raise ValueError(f"{self.id}: no band holds {graded}")

    def band_of_unit(self, score: Fraction) -> Band | None:
        """The band of a unit's score, with the label that units have. Raises ValueError.

        >>> [load_scheme(name).band_of_unit(Fraction(90)).label.en
        ...  for name in ("opini-2025", "ombudsman-2022")]
        ['Very good', 'Highest quality']
        """
        band = self.band(score)
        if band is None or band.of_unit is None:
            return band
        return band.model_copy(update={"label": band.of_unit})

    def withholds(self, year: int) -> bool:
        """Whether a certificate of the year is withheld while a product is open.

        >>> [load_scheme("ombudsman-2022").withholds(year) for year in (2022, 2023, 2024)]
        [False, True, True]
        """
        if self.withholding is None:
            return False
        years = self.withholding.value.years
        return years.start.year <= year and (years.end is None or year <= years.end.year)

    def edge(self, band: Band) -> Fraction:
        """The unrounded score at which a band begins: what is rounded into it, 88.00 from 87.995.

        Where unrounded scores are banded, its own edge, which may be left out: see ``reaches``.
        """
        return (
            band.start if self.unrounded else band.start - Fraction(1, 2 * 10**self.decimals.value)
        )

    def reaches(self, score: Fraction, band: Band) -> bool:
        """Whether the unrounded score is in the band or above it."""
        edge = self.edge(band)
        return score > edge or (score == edge and band.above is None)

    def _suffixed(self, band: Band) -> Band:
        if self.suffix is None:
            return band
        label, end = band.label, self.suffix.value.label
        return band.model_copy(
            update={"label": Text(id=f"{label.id} {end.id}", en=f"{label.en} {end.en}")}
        )

    def certifies(self, band: Band) -> bool:
        """Whether a score of the band is eligible for the scheme's certificate."""
        return self.certificate is not None and band.start >= self.certificate.value.start

    @property
    def span(self) -> tuple[Fraction, Fraction]:
        """The smallest and the largest score that may be given."""
        if not self.bands:
            return reach(self)
        edges = [edge for band in self.bands.value for edge in (band.start, band.end)]
        return min(edges), max(edges)


def reach(node: Scheme | Node) -> tuple[Fraction, Fraction]:
    """The smallest and the largest value that a node may have after normalisation."""
    if node.children and node.mean.value == "penalised":
        return -ENDLESS, ENDLESS
    if isinstance(node, Node) and not node.children:
        return (-ENDLESS, ENDLESS) if _endless(node) else node.normalise.value.onto
    lows, highs = zip(*map(reach, node.children), strict=True)
    return min(lows), max(highs)


def _endless(node: Node) -> bool:
    return not node.children and node.normalise.value.kind in ENDLESS_SCALES


def check_mean(node: Scheme | Node) -> None:
    """Refuses a power without its mean, and means that have no meaning over ranks or z-scores."""
    mean = node.mean.value
    if mean == "generalised" and (node.power is None or node.power.value == 0):
        raise broken("mean_without_power", "power")
    if node.power and node.power.value:
        check_power(node.power.value, "power")
    if not node.children or mean == "arithmetic":
        return
    below = [one for child in node.children for one in (child, *_nodes_below(child))]
    if strange := [
        one.key for one in below if not one.children and one.normalise.value.kind in UNLIKE_MEASURES
    ]:
        raise broken("scale_meets_mean", "mean", mean=mean, indicators=strange)


def check_power(power: Fraction, key: str) -> None:
    """Refuses powers, other than 0, that are too near to it or too far from it to be computed."""
    if not LEAST_POWER <= abs(power) <= MOST_POWER:
        raise broken("power_beyond", key, found=power, least=LEAST_POWER, most=MOST_POWER)


def _nodes_below(node: Node) -> list[Node]:
    return [one for child in node.children for one in (child, *_nodes_below(child))]


def check_weights(children: list[Node], total: Sourced[Exact] | None) -> None:
    """Refuses weights that miss a declared total."""
    weights = sum((child.weight.value for child in children), Fraction(0))
    if total and total.value != weights:
        raise broken("weights_miss_total", "total", found=weights, total=total.value)


def check_bands(bands: list[Band], step: Fraction, reached: tuple[Fraction, Fraction]) -> None:
    """Refuses bands that overlap, leave a gap, run backwards, or miss a possible score.

    ``step``: from the end of one to the start of the next; at 0 they share an edge, which one
    of the two leaves out.
    """
    ordered = sorted(bands, key=lambda band: (band.start, band.end))
    for band in ordered:
        if band.end < band.start:
            raise broken("band_backwards", "bands", start=band.start, end=band.end)
    for lower, upper in pairwise(ordered):
        shared_once = (lower.below is None) != (upper.above is None)
        if upper.start != lower.end + step or (step == 0 and not shared_once):
            raise broken(
                "bands_apart" if step else "bands_share_no_edge",
                "bands",
                lower=str(lower),
                upper=str(upper),
                edge=lower.end + step,
            )
    low, high = reached
    if not (ordered and _reaches(ordered[0], low, ordered[-1], high)):
        found = [str(band) for band in (*ordered[:1], *ordered[1:][-1:])]
        raise broken("bands_too_narrow", "bands", found=found, low=low, high=high)


def _reaches(first: Band, low: Fraction, last: Band, high: Fraction) -> bool:
    starts = first.start <= low and first.above != low
    return starts and last.end >= high and last.below != high


SOURCED = (
    "weight",
    "mean",
    "power",
    "per",
    "missing",
    "outliers",
    "coverage",
    "units",
    "total",
    "normalise",
    "decimals",
    "direction",
    "bands",
    "suffix",
    "opinion",
    "withholding",
    "certificate",
    "minimum_sample",
    "headline",
    "comparable_with",
)
HANDED_DOWN = ("mean", "normalise")
HANDED_DOWN_IF_ANY = ("power", "missing", "outliers", "coverage")
DEFAULTS = {"mean": "arithmetic", "normalise": "identity", "decimals": 2}


def _from_text(text: str, name: str, children: list[str]) -> Scheme:
    scheme = parse_scheme(text, name)
    kept = [node for node in scheme.children if node.key in children]
    return scheme.model_copy(update={"children": kept})


def parse_scheme(text: str, name: str) -> Scheme:
    """The scheme written in ``text``; ``name`` is said in errors. Raises BadInput."""
    content = written = parse_yaml(text, name)
    for key in ("standing", "source"):
        if key not in content:
            raise bad("own_key_missing", Place(name, key=key), key=key)
    try:
        content = resolve({**DEFAULTS, **content}, {})
    except RecursionError as error:
        raise bad("endless_anchor", Place(name)) from error
    for key in ("normalise", "missing", "outliers"):  # the root has no raw value of its own
        content.pop(key, None)
    return check(Scheme, {**content, "yaml": text}, name, written)


def resolve(content: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """A node's ``content`` with standing and source beside each of its sourced values.

    A value that names none has its node's, a node that names none has its parent's. The
    mean and the normalisation also pass down to nodes that declare none.
    """
    origin = {key: content.get(key, above.get(key)) for key in ("standing", "source")}
    handed = {key: above[key] for key in (*HANDED_DOWN, *HANDED_DOWN_IF_ANY) if key in above}
    result = {**handed, **{key: value for key, value in content.items() if key not in origin}}
    for key in set(SOURCED) & set(result):
        value = result[key]
        if not (isinstance(value, dict) and "value" in value):
            value = {"value": value}
        result[key] = {**origin, **value}
    if isinstance(result.get("children"), list):
        optional = {key: result[key] for key in HANDED_DOWN_IF_ANY if key in result}
        passed = {**origin, **{key: result[key] for key in HANDED_DOWN}, **optional}
        result["children"] = [
            resolve({"weight": 1, "name": child.get("key"), **child}, passed)
            if isinstance(child, dict)
            else child
            for child in result["children"]
        ]
    return result


@cache
def load_scheme(name: str) -> Scheme:
    """The scheme with this id, or the one in the YAML file of this path.

    Raises BadInput for an unknown id or a file that breaks a rule.
    """
    path = find_rules(name, "scheme", SCHEMES)
    return parse_scheme(read_rules(path), path.name)


def scheme_ids() -> list[str]:
    """Ids of the schemes that come with the program."""
    return rule_ids(SCHEMES)
