"""The words everybody shares: text, errors, units, days, places, provenance, shares, progress."""
