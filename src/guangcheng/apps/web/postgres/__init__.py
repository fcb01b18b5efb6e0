"""Django's PostgreSQL, its writers in one queue (see ``base``)."""
