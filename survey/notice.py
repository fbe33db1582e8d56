"""Where a citizen who wants more than to rate a visit can turn."""

# A rating is no report: these are the places that follow one up.
COMPLAINTS = {
    "SP4N-LAPOR!": "https://www.lapor.go.id",
    "Ombudsman": "https://www.ombudsman.go.id",
}
