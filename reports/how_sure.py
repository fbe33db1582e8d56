"""The line by which papers and pages say how sure a rank and a band are."""

from analysis.publication.certainty import ToldCertainty
from analysis.rulebook.scheme import Band
from locales import Language, say, show_chance, show_range


def certainty_line(language: Language, sure: ToldCertainty) -> str:
    """ "Peringkat 2, himpunan 95% 1–5; hijau dengan peluang 0,97" """
    ends = show_range(*map(str, sure.rank_set))
    told = say(language, "how_sure.rank", rank=sure.rank, level=sure.level, set=ends)
    if sure.band is None or sure.probability is None:
        return told
    share = show_chance(language, sure.probability)
    name = _in_a_sentence(sure.band, language)
    return f"{told}; {say(language, 'how_sure.zone', zone=name, probability=share)}"


def band_name(band: Band, language: Language) -> str:
    """A band by its zone, else by its grade, else by its label."""
    if band.zone:
        return say(language, f"league.{band.zone}")
    return band.grade or band.label[language]


def _in_a_sentence(band: Band, language: Language) -> str:
    name = band_name(band, language)
    return name.lower() if band.zone else name
