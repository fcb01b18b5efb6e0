"""Steiner trees with a certificate: the cheapest tree of trenches, and how far from the optimum it can be."""
