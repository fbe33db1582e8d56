"""The chapters around the results: introduction, last period's follow-up, conclusion, approval."""

from analysis.rulebook.certainty import load_certainty
from locales.refusals import show_value
from reports.charts import SvgPicture
from reports.contents import Contents, Effect
from reports.document import Block, Bullets, Figure, Heading, Paragraph, SignatureBlock, Table
from reports.papers.origin import collecting
from reports.papers.plans import photos, plan_table, status
from reports.papers.sentences import extremes, headline, sample
from reports.pictured import headline_drawn
from reports.words import PaperWords

HEADLINES = {
    "pooled": "report.headline_pooled",
    "averaged": "report.headline_averaged",
    "units": "report.headline_units",
}


def summary(words: PaperWords) -> list[Block]:
    """Before all chapters: the index in a sentence and as a picture."""
    said: list[Block] = [Heading(1, words.say("report.summary")), Paragraph(headline(words))]
    if words.too_few or words.contents.index.index is None:
        return said
    drawn, alt = headline_drawn(words)
    return [*said, Figure(words.say("report.pictured"), alt, SvgPicture(drawn))]


def introduction(words: PaperWords) -> list[Block]:
    """I: why the survey was held, on what it rests, and how it was done."""
    contents, say = words.contents, words.say
    background = say(
        "report.background_text",
        name=contents.name,
        period=contents.period,
        starts=words.day(contents.starts),
        ends=words.day(contents.ends),
    )
    purposes = ("report.purpose_index", "report.purpose_weak", "report.purpose_follow")
    title = contents.index.scheme.title[words.language]
    return [
        Heading(1, say("report.introduction")),
        Heading(2, say("report.background")),
        Paragraph(background),
        Heading(2, say("report.basis")),
        *_basis(words),
        Heading(2, say("report.purpose")),
        Paragraph(say("report.purpose_text")),
        Bullets([say(purpose, title=title) for purpose in purposes]),
        Heading(2, say("report.method")),
        *_method(words),
        Heading(2, say("report.collecting")),
        *collecting(words),
    ]


def followed_up(words: PaperWords) -> list[Block]:
    """III: what became of the previous period's plan."""
    steps = words.contents.followed_up
    heading = Heading(1, words.say("report.follow_up"))
    if not steps:
        return [heading, Paragraph(words.say("report.no_followed"))]
    done = sum(step.status == "done" for step in steps)
    sentence = words.say(
        "report.followed_text",
        all=words.number(len(steps)),
        done=words.number(done),
        share=words.percent(done, len(steps)),
    )
    head = [
        *("report.order", "report.element", "report.programme"),
        *("report.status", "report.account", "report.evidence"),
    ]
    rows = [
        [
            words.element(step.element),
            step.programme,
            status(words, step),
            step.account or words.say("report.no_account"),
        ]
        for step in steps
    ]
    table = plan_table(words, words.say("report.followed"), head, rows, steps)
    return [heading, Paragraph(sentence), table, *photos(words, steps), *_effects(words)]


def _effects(words: PaperWords) -> list[Block]:
    """What the elements' means did since; only of a unit, and where the surveys compare."""
    effects, say = words.contents.effects, words.say
    if not effects:
        return []
    head = ("report.element", "effects.before", "effects.now", "effects.difference", "effects.told")
    table = Table(
        caption=say("effects.title"),
        head=[say(key) for key in head],
        rows=[
            [
                words.element(one.element),
                words.mean(one.before),
                words.mean(one.now),
                _difference(words, one),
                _told(words, one),
            ]
            for one in effects
        ],
        widths=(3, 1.3, 1.3, 2.4, 4),
        numbers=(1, 2),
        small=True,
    )
    return [
        Heading(2, say("effects.title")),
        table,
        Paragraph(say("effects.no_cause", level=_level(words))),
    ]


def _difference(words: PaperWords, one: Effect) -> str:
    found = words.signed_mean(one.now - one.before)
    if one.change.interval is None:
        return found
    low, high = map(words.signed_mean, one.change.interval)
    told = {"level": _level(words), "low": low, "high": high}
    return words.say("effects.with_interval", difference=found, **told)


def _level(words: PaperWords) -> str:
    return words.number(100 * load_certainty().level)


def _told(words: PaperWords, one: Effect) -> str:
    if one.verdict == "unknown":
        return show_value(words.language, one.change.verdict)
    return words.say(f"effects.{one.verdict}_{'done' if one.done else 'undone'}")


def conclusion(words: PaperWords) -> list[Block]:
    """IV: what was found, and what to do."""
    found = [headline(words), *extremes(words)]
    return [
        Heading(1, words.say("report.conclusion")),
        Heading(2, words.say("report.conclusions")),
        *[Paragraph(sentence) for sentence in dict.fromkeys([*found, sample(words)])],
        Heading(2, words.say("report.advice")),
        Bullets(_advice(words)),
    ]


def approval(words: PaperWords) -> list[Block]:
    """The block of the one who signs."""
    signs = words.contents.approval
    heading = Heading(1, words.say("report.approval"))
    if signs is None:
        return [heading, Paragraph(words.say("report.no_approval"))]
    place = words.say("report.place_and_date", place=signs.place, date=words.day(signs.on))
    return [
        heading,
        SignatureBlock(place, signs.office, signs.name, words.say("report.nip", nip=signs.nip)),
    ]


def _basis(words: PaperWords) -> list[Block]:
    basis = [
        words.say(f"report.law_{law.standing}", title=law.title[words.language])
        for law in words.contents.legal_basis
    ]
    if not basis:
        return [Paragraph(words.say("report.no_basis"))]
    return [Paragraph(words.say("report.basis_text")), Bullets(basis)]


def _method(words: PaperWords) -> list[Block]:
    contents, say = words.contents, words.say
    asked = say(
        "report.method_asked",
        title=contents.instrument.title[words.language],
        items=words.number(len(words.items)),
        elements=words.number(len(words.elements)),
    )
    computed = f"{say('report.method_index', **words.span)} {say(HEADLINES[contents.headline])}"
    return [Paragraph(text) for text in (asked, computed, _left_out(words))]


def _left_out(words: PaperWords) -> str:
    contents: Contents = words.contents
    if not contents.excluded and not contents.withdrawn:
        return words.say("report.none_left_out")
    return words.say(
        "report.counted",
        excluded=words.number(contents.excluded),
        withdrawn=words.number(contents.withdrawn),
    )


def _advice(words: PaperWords) -> list[str]:
    contents, say = words.contents, words.say
    plan = contents.plan
    advice = [*_mend(words)]
    if plan:
        advice.append(say("report.advice_planned", number=words.number(len(plan))))
    else:
        advice.append(say("report.advice_plan"))
    if contents.visits is None or contents.minimum is None:
        advice.append(say("report.advice_visits"))
    elif contents.index.n < contents.minimum:
        advice.append(say("report.advice_sample", minimum=words.number(contents.minimum)))
    return advice


def _mend(words: PaperWords) -> list[str]:
    mending = words.contents.mending
    if mending and mending.needs:
        need = mending.needs[0]
        told = {"element": words.element(need.element), "mean": words.mean(need.mean)}
        first = words.say(f"report.advice_first_{mending.basis}", **told)
        if need.rise is None:
            return [first]
        alone = {"rise": words.mean(need.rise), "grade": mending.grade}
        return [f"{first} {words.say('report.advice_mend', **alone)}"]
    means = {key: mean for key, mean in words.contents.index.means.items() if mean is not None}
    if not means:
        return []
    weakest = [words.element(key) for key, mean in means.items() if mean == min(means.values())]
    return [words.say("report.advice_weakest", weakest="; ".join(weakest))]
