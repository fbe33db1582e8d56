"""How a citizen finds the office: by name, service, abbreviation or place, however it is spelt."""
