"""Migrations of the member bodies."""
