"""Covering with a certificate."""
