"""The invented district and nation; read by app and bench only."""
