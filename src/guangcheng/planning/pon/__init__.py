"""Passive optical networks: where splitters stand, which cables run, what it costs, how far from the best it can be."""
