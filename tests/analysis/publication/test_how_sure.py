"""How sure published ranks are: recomputed from the document's own rules and seed."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest

from analysis.publication.evidence import RuleFile, ScoreEvidence, StatedRobustness, read_evidence
from analysis.publication.publication import derive
from analysis.publication.published_scores import PublishedScores
from analysis.publication.sealed import Fault, check_numbers
from analysis.robustness.rules import robustness_text
from tests.analysis.conftest import DATA
from tests.refusing import refusing

STATED = StatedRobustness(
    rules=RuleFile(id="robustness-2026", text=robustness_text()),
    seed=7,
    draws=1024,
    pairs=0,
    squares=0,
)
OLDER = json.loads((DATA / "publications" / "newer.json").read_text(encoding="utf-8"))["document"]


def document(**change: int) -> PublishedScores:
    """The published document, with from what it follows how sure its ranks are."""
    evidence = read_evidence(OLDER)
    stated = STATED.model_copy(update=change)
    return derive(evidence.model_copy(update={"robustness": stated}))


def content(found: PublishedScores) -> dict[str, object]:
    read: dict[str, object] = json.loads(json.dumps(found.content(), default=str))
    return read


def test_a_document_of_before_says_nothing_of_it() -> None:
    found = derive(read_evidence(OLDER))
    assert "robustness" not in found.content()
    assert all("how_sure" not in one for one in found.content()["institutions"])


def test_every_institution_has_sets_probabilities_and_ranks_under_choices() -> None:
    found = document()
    assert found.robustness
    told = [one.how_sure for one in found.institutions if one.how_sure]
    assert told
    for one, sure in zip(found.institutions, told, strict=False):
        assert sure.rank_set
        assert sure.rank_set_of_all
        assert sure.probability
        assert sure.rank_set_of_all[0] <= sure.rank_set[0] <= (one.rank or 0)
        assert (one.rank or 0) <= sure.rank_set[1] <= sure.rank_set_of_all[1]
        assert 0.97 <= float(sum(sure.probability.values(), Decimal(0))) <= 1.03


def test_every_unit_with_a_known_sample_has_a_set_and_a_probability() -> None:
    found = document()
    told = {one.code: one.how_sure for one in found.units}
    ranks = {one.code: one.rank for one in found.units}
    assert ranks == {"langgur": 1, "dukcapil": 2, "dobo": 3, "tayando": None}
    assert told["dobo"] is None  # too few answered, so nobody is surely above or below it
    assert told["tayando"] is None  # no score
    for code in ("langgur", "dukcapil"):
        sure = told[code]
        assert sure
        assert sure.rank_set == [1, 3]
        assert sure.probability == {"green": Decimal("1.00"), "red": Decimal("0.00")}


def test_a_publication_of_before_units_had_sets_is_recomputed_as_it_was() -> None:
    before = json.loads((DATA / "publications" / "robustness-before-units.json").read_text())
    rules = RuleFile(**before["robustness"]["rules"])
    evidence = read_evidence(OLDER)
    stated = STATED.model_copy(update={"rules": rules})
    found = content(derive(evidence.model_copy(update={"robustness": stated})))
    assert found["robustness"] == before["robustness"]
    institutions, units = found["institutions"], found["units"]
    assert isinstance(institutions, list)
    assert isinstance(units, list)
    assert {one["code"]: one["how_sure"] for one in institutions} == before["institutions"]
    assert not any("how_sure" in one for one in units)


def test_one_without_a_known_sample_is_left_out_of_no_ones_set() -> None:
    told = {one.code: one.how_sure for one in document().institutions}
    assert told["aru"] is None  # of rank 2: too few answered
    assert told["malra"]
    assert told["malra"].rank_set == [1, 2]


def test_the_same_seed_says_the_same_and_another_draws_anew() -> None:
    assert document() == document()
    assert document().robustness != document(seed=8).robustness


def test_what_is_sealed_follows_and_what_was_changed_does_not() -> None:
    sealed = content(document())
    assert check_numbers(sealed)[0] == []
    institutions = sealed["institutions"]
    assert isinstance(institutions, list)
    place = next(at for at, one in enumerate(institutions) if one["how_sure"])
    institutions[place]["how_sure"]["rank_set"] = [1, 9]
    (fault, *_) = check_numbers(sealed)[0]
    assert isinstance(fault, Fault)
    assert fault.path.startswith(f"institutions[{institutions[place]['code']}].how_sure.rank_set")


def test_what_is_said_of_a_unit_is_recomputed() -> None:
    sealed = content(document())
    units = sealed["units"]
    assert isinstance(units, list)
    units[0]["how_sure"]["probability"]["green"] = "0.50"
    (fault,) = check_numbers(sealed)[0]
    assert isinstance(fault, Fault)
    assert fault.path == f"units[{units[0]['code']}].how_sure.probability.green"


def test_assessors_who_agree_more_make_ranks_surer() -> None:
    """A hundred pairs, of which four differ by one: sqrt(4 / 200) = 0.14 of a rung, for 0.25."""
    assumed, agreeing = document(), document(pairs=100, squares=4)
    widths = [
        sum(
            sure.rank_set_of_all[1] - sure.rank_set_of_all[0]
            for one in found.institutions
            if (sure := one.how_sure) and sure.rank_set_of_all
        )
        for found in (agreeing, assumed)
    ]
    assert widths[0] <= widths[1]
    assert agreeing.robustness
    assert (agreeing.robustness.pairs, agreeing.robustness.squares) == (100, 4)


@pytest.mark.parametrize("draws", [0, 1000, 2**17])
def test_draws_that_are_no_power_of_two_or_too_many_are_refused(draws: int) -> None:
    with refusing("robustness.draws: draws: found|draws"):
        document(draws=draws)


def test_rules_that_are_broken_are_refused() -> None:
    broken = RuleFile(id="robustness-2026", text="id: x\n")
    evidence: ScoreEvidence = read_evidence(OLDER).model_copy(
        update={"robustness": STATED.model_copy(update={"rules": broken})}
    )
    with refusing("robustness-2026"):
        derive(evidence)


def test_scores_are_as_they_were() -> None:
    before, after = derive(read_evidence(OLDER)), document()
    scores: list[list[Fraction | None]] = [
        [one.score_exact for one in found.institutions] for found in (before, after)
    ]
    assert scores[0] == scores[1]
