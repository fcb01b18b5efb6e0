"""Files as people send them, turned into raw tables."""
