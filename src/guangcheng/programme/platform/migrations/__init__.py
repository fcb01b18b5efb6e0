"""How the platform's tables came about."""
