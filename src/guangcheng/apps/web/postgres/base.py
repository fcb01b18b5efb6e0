"""PostgreSQL whose transactions queue as SQLite's do: an act looks, then writes, and nobody in between.

Reading pages open no transaction and never wait. Without the queue two acts at once could both find a code free, hold
rows the other waits for, or have the ledger verified while it grows; each verb would have to think of it.
"""

from django.db.backends.postgresql import base

WRITERS = 0x67_63_6C_65_64_67_65_72
"""The number of the queue: any, but the same for every server of a database."""


class DatabaseWrapper(base.DatabaseWrapper):
    """See the module."""

    def set_autocommit(self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False) -> None:
        """Begin a transaction by joining the queue; its end leaves the queue."""
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        if not autocommit:
            with self.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITERS])
