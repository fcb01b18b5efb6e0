"""The database itself refuses to change or delete an entry of the ledger."""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "platform_ledgerentry"

REFUSED = "the ledger can only be added to"
SQLITE = [
    f"CREATE TRIGGER ledger_no_{act.lower()} BEFORE {act} ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
    for act in ("UPDATE", "DELETE")
]
FUNCTION = f"""CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$"""
CALLED = "STATEMENT EXECUTE FUNCTION ledger_append_only()"
POSTGRES = [
    FUNCTION,
    f"CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH {CALLED}",
    f"CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON {TABLE} FOR EACH {CALLED}",
]


def make(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers."""
    for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRES:
        editor.execute(statement)


class Migration(migrations.Migration):
    """See the module."""

    dependencies: ClassVar = [("platform", "0001_initial")]
    operations: ClassVar = [migrations.RunPython(make, migrations.RunPython.noop)]
