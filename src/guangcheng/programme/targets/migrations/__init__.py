"""Migrations of the targets."""
