"""Siting: where to put sites in a city."""
