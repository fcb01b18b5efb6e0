"""Migrations of the projects."""
