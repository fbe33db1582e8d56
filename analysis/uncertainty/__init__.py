"""How sure an index is: errors, intervals, strata, change, agreement."""
