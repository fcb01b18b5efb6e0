"""Programmes made from standards and their dated targets, split to areas with the totals checked."""
