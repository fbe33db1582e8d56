"""A file of an office becomes understood rows, without guessing.

Bytes become sheets (``analysis.grids``); of one of them the heading is found (``headings``), its
columns get their meaning (``meanings``), the rows that are no respondents are left out (``rows``),
and the rest is read: ``answers``, ``people``. ``understood`` ties it together.
"""
