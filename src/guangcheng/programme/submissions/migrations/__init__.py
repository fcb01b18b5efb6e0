"""How the tables of submissions came about."""
