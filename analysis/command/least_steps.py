"""The command ``plan``: the least steps of an institution to a higher band."""

import argparse
from collections.abc import Sequence

from analysis.command.report import CommandReport, scored, tell, tell_unknown
from analysis.errors import Place, Problem, Written, bad
from analysis.index.composite import Origin, score
from analysis.index.institutions import read_assessed
from analysis.index.plan import Planned, plan
from analysis.rulebook.scheme import Scheme, load_scheme
from analysis.tables import open_table
from locales.refusals import sentence


def _plan(options: argparse.Namespace) -> CommandReport:
    scheme, name = load_scheme(options.scheme), options.file.name
    assessed, unknown = read_assessed(open_table(options.file, tell), scheme, name)
    tell_unknown(name, unknown)
    own = [at for at, one in enumerate(assessed.institutions) if one == options.institution]
    if not own:
        known, typed = list(dict.fromkeys(assessed.institutions)), Written(options.institution)
        raise bad("unknown_institution", Place(name), found=typed, known=known)
    bands = {
        str(one.grade): one for one in (scheme.bands.value if scheme.bands else []) if one.grade
    }
    if options.target is not None and options.target not in bands:
        if not bands:
            raise bad("no_target", found=Written(options.target))
        raise bad("unknown_target", found=Written(options.target), known=list(bands))
    columns = {key: [column[at] for at in own] for key, column in assessed.columns.items()}
    if assessed.origin:
        rows = [assessed.origin.rows[at] for at in own]
        score(scheme, columns, origin=Origin(name, rows))  # names what is wrong as it stands there
    found = plan(scheme, columns, bands.get(options.target))
    return of_plan(found, [assessed.units[at] for at in own], scheme)


def of_plan(found: Planned | Problem, units: Sequence[str], scheme: Scheme) -> CommandReport:
    """The least plan and others of its cost; raw values and costs as floats."""
    if isinstance(found, Problem):
        return {"plans": [], "reason": sentence("en", found)}
    plans = [
        {
            "cost": float(one.cost),
            **scored(one.after, scheme.band(one.after), scheme),
            "steps": [
                {
                    "unit": units[step.unit],
                    "item": step.node.key,
                    "from": float(step.start),
                    "to": float(step.end),
                    "cost": float(step.cost),
                }
                for step in one.steps
            ],
        }
        for one in found.plans
    ]
    before = scored(found.before, scheme.band(found.before), scheme)
    return {"before": before, "needed": float(found.edge), "plans": plans}


COMMANDS = {"plan": _plan}
