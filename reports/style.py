"""The colours of charts, on screen and on paper: told apart by the colour-blind and in grey."""

INK = "#0b5d66"
ZONES = {"green": "#2e7d4f", "yellow": "#e0a800", "red": "#b3392f"}
ACCENT = "#c2571a"
TEXT = "#1d2a2e"
