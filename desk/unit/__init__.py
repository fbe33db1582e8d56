"""A unit's index as its people read it: results, change, what to mend."""
