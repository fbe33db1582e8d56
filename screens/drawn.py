"""Which screen is drawn at which address. To load them all takes seconds."""

from collections.abc import Callable

from screens.admin import audit, users
from screens.assessment import (
    assess,
    findings,
    preassessment,
    products,
    proposals,
    sampling,
    secondary,
)
from screens.citizen import rate, receipt
from screens.comments import reading, triage
from screens.federation import keys, making, receiving
from screens.home import home, overview
from screens.index import comparing, planning, schemes
from screens.integrity import alarmed, screening
from screens.office import (
    aids,
    batches,
    doors,
    imports,
    interviewers,
    keying,
    late,
    periods,
    posters,
    slips,
)
from screens.papers import announced, announcing, papers
from screens.publication import explain, objections, results, scores
from screens.register import first_steps, places
from screens.unit import dashboard, follow_up

SCREENS: dict[str, Callable[[], None]] = {
    "beranda": home.screen,
    "ikhtisar": overview.screen,
    "nilai": rate.screen,
    "resi": receipt.screen,
    "hasil": results.screen,
    "ikm": announced.screen,
    "unit": dashboard.screen,
    "komentar": reading.screen,
    "dokumen": papers.screen,
    "periode": periods.screen,
    "kiriman": making.screen,
    "kiriman-daerah": receiving.screen,
    "daerah": keys.screen,
    "impor": imports.screen,
    "kertas": keying.screen,
    "berkas": batches.screen,
    "susulan": late.screen,
    "pewawancara": interviewers.screen,
    "rekaman": aids.screen,
    "umumkan": announcing.screen,
    "tindak-lanjut": follow_up.screen,
    "telaah": triage.screen,
    "poster": posters.screen,
    "pintu": doors.screen,
    "slip": slips.screen,
    "saring": screening.screen,
    "perlu-diperiksa": alarmed.screen,
    "penilaian": assess.screen,
    "usulan": proposals.screen,
    "sampel": sampling.screen,
    "temuan": findings.screen,
    "produk": products.screen,
    "sekunder": secondary.screen,
    "pendampingan": preassessment.screen,
    "indeks": scores.screen,
    "skema": schemes.screen,
    "banding": comparing.screen,
    "telusur": explain.screen,
    "sanggah": objections.screen,
    "rencana": planning.screen,
    "langkah": first_steps.screen,
    "daftar": places.screen,
    "pengguna": users.screen,
    "catatan": audit.screen,
}
