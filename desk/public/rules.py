"""The schemes and questionnaires that come with the program, as records for everybody."""

from analysis.rulebook.instrument import Instrument, instrument_ids, load_instrument
from analysis.rulebook.scheme import Scheme, load_scheme, scheme_ids
from analysis.rules import Text
from desk.public.addresses import API
from desk.public.records import (
    BothLanguages,
    InstrumentDocument,
    InstrumentItem,
    InstrumentRecord,
    SchemeBand,
    SchemeDocument,
    SchemeRecord,
)


def scheme_records() -> list[SchemeRecord]:
    """All schemes, by their ids."""
    return [SchemeRecord.model_validate(_scheme(load_scheme(name))) for name in scheme_ids()]


def scheme_document(name: str) -> SchemeDocument | None:
    """The scheme with this id; None for another."""
    if name not in scheme_ids():
        return None
    scheme = load_scheme(name)
    bands = sorted(scheme.bands.value, key=lambda band: band.start) if scheme.bands else []
    told = [
        SchemeBand(
            low=float(band.start),
            high=float(band.end),
            grade=band.grade,
            zone=band.zone,
            label=_both(band.label),
        )
        for band in bands
    ]
    return SchemeDocument.model_validate(_scheme(scheme) | {"bands": told, "yaml": scheme.yaml})


def instrument_records() -> list[InstrumentRecord]:
    """All questionnaires, by their ids."""
    found = (load_instrument(name) for name in instrument_ids())
    return [InstrumentRecord.model_validate(_instrument(one)) for one in found]


def instrument_document(name: str) -> InstrumentDocument | None:
    """The questionnaire with this id; None for another."""
    if name not in instrument_ids():
        return None
    instrument = load_instrument(name)
    items = [
        InstrumentItem(
            key=item.key,
            element=item.element,
            text=_both(item.text),
            answers={value: _both(words) for value, words in item.answers.items()},
        )
        for item in instrument.items
    ]
    told = _instrument(instrument) | {"items": items, "yaml": instrument.yaml}
    return InstrumentDocument.model_validate(told)


def _scheme(scheme: Scheme) -> dict[str, object]:
    page = f"/skema?skema={scheme.id}"
    return _rules(scheme, "schemes") | {"page": page, "owner": scheme.owner}


def _instrument(instrument: Instrument) -> dict[str, object]:
    return _rules(instrument, "instruments") | {"scheme": instrument.scheme}


def _rules(rules: Scheme | Instrument, kind: str) -> dict[str, object]:
    return {
        "id": rules.id,
        "url": f"{API}/{kind}/{rules.id}",
        "title_id": rules.title.id,
        "title_en": rules.title.en,
        "valid_from": rules.valid.start,
        "valid_until": rules.valid.end,
        "sha256": rules.hash,
    }


def _both(text: Text) -> BothLanguages:
    return BothLanguages(id=text.id, en=text.en)
