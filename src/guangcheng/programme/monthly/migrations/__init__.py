"""How the tables of monthly came about."""
