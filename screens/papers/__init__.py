"""What a survey office hands on, and what it announced."""
