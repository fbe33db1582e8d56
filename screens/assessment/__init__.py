"""The Ombudsman's round: sampling, judging, interviews, findings."""
