"""Siting: where to put access points, OLTs and 5G sites in a city, from its registers."""
