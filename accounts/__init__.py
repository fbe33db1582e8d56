"""Who may see and do what: passwords, log-ins, roles and their scopes."""
