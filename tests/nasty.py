"""Texts such as people paste, and such as nobody should; what every field and paper must bear."""

from hypothesis import strategies as st

NASTY = (
    "Buka loket kedua ✅",
    "\uf0b7 Buka loket\v\uf0b7 Tambah petugas\x07",
    "\ufeffSeratus\u200b persen\u00ad",
    "ꦥꦼꦭꦪꦤꦤ꧀",
    "窗口服务",
    "خدمة ممتازة",
    "laporan\u202efdp.exe",
    "kata \ud83d dan \udfff",
    "a\0b\x1b[31m\x85c\x9f",
    "\u0301\t\u0301\n\u0489",
    "👩🏽\u200d🔧 1️⃣ 🇮🇩",
    "\ue000\U000f0000\ufdd0\uffff\U0010ffff",
    "<b>&amp;\"]]>'#{*_`$\\",
    "=1+1\r\n@SUM(A1)\u2028-x",
    "Z\u0351\u036b\u0343a\u0325l\u0347g\u030do",
)

# Whatever Python calls a text, halves of surrogate pairs among it, and often what is nasty.
texts = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(codec=None), max_size=40),
    st.lists(st.sampled_from(NASTY), min_size=2, max_size=3).map("".join),
)
