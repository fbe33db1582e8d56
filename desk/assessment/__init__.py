"""The Ombudsman's round: what is sampled, judged, asked and found."""
