"""Migrations of the registers desk."""
