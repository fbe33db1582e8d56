"""Workbooks that count along: worksheet, recapitulation, field sheet."""
