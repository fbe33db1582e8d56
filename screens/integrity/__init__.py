"""Were the answers honest: screening."""
