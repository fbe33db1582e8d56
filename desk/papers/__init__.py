"""What a survey office hands on: reports, evidence, announcements."""
