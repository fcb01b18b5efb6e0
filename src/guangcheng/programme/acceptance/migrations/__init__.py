"""How the tables of acceptance came about."""
