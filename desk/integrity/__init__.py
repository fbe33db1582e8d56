"""Were the answers honest: screening and exclusions."""
