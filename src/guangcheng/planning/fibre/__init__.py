"""Passive optical networks: so far, whether the light reaches every ONT (the optical power budget)."""
