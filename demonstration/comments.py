"""What the demonstration's invented citizens wrote, and whom they let read it."""

import numpy as np

COMMENTED = 0.25
FOR_THE_UNIT = 0.7
# The better a unit is liked, the likelier one of the first.
COMMENTS = (
    "Petugasnya ramah dan sabar menjelaskan. Terima kasih.",
    "Cepat, sepuluh menit sudah selesai. Pertahankan.",
    "Alhamdulillah tidak dimintai uang sepeser pun, semua sesuai yang ditulis di papan.",
    "Pelayanan bagus, tempatnya bersih dan dingin.",
    "Mbak di loket 2 membantu saya mengisi formulir sampai selesai, mantap.",
    "Mohon kursi tunggunya ditambah, kalau pagi penuh.",
    "Apakah bisa daftar antrean lewat HP? Rumah kami jauh.",
    "Sebaiknya ada petunjuk arah ke loket di pintu masuk.",
    "Syaratnya tolong ditempel di depan supaya tidak bolak-balik.",
    "Antre dari pagi, baru dipanggil jam satu siang.",
    "Berkas saya sudah tiga minggu belum jadi, katanya masih proses terus.",
    "Loket sudah tutup jam dua padahal di papan tertulis jam tiga.",
    "Petugasnya main HP terus, ditanya jawabnya ketus.",
    "Nama anak saya salah ketik dua kali, harus mengulang dari awal.",
    "Diminta syarat yang tidak ada di papan, disuruh pulang lagi.",
    "Ada yang baru datang langsung dilayani karena kenal orang dalam.",
    "Diminta uang lima puluh ribu supaya cepat, tidak ada kuitansinya.",
    "Yang pakai BPJS disuruh menunggu, yang bayar didahulukan.",
)


def comments(liking: float, number: int, seed: int) -> list[tuple[str, str]]:
    """A comment and its readers for each of ``number`` people, mostly none."""
    random = np.random.default_rng(seed)
    places = np.linspace(-1, 1, len(COMMENTS))
    chances = np.exp(-places * (liking - 2.9) * 2)
    drawn = random.choice(COMMENTS, number, p=chances / chances.sum())
    silent, open_to = random.random(number) >= COMMENTED, random.random(number) < FOR_THE_UNIT
    return [
        ("" if none else str(text), "unit" if to_unit else "ombudsman")
        for text, none, to_unit in zip(drawn, silent, open_to, strict=True)
    ]
