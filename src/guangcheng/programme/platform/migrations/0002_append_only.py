"""The database itself refuses to change or delete an entry of the ledger."""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "platform_ledgerentry"

SQLITE = [
    f"CREATE TRIGGER ledger_no_{act.lower()} BEFORE {act} ON {TABLE} "
    "BEGIN SELECT RAISE(ABORT, 'the ledger can only be added to'); END"
    for act in ("UPDATE", "DELETE")
]
POSTGRES = [
    "CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the ledger can only be added to'; END $$",
    f"CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON {TABLE} "
    "FOR EACH ROW EXECUTE FUNCTION ledger_append_only()",
    f"CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON {TABLE} "
    "FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()",
]


def make(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers."""
    for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRES:
        editor.execute(statement)


class Migration(migrations.Migration):
    """See the module."""

    dependencies: ClassVar = [("platform", "0001_initial")]
    operations: ClassVar = [migrations.RunPython(make, migrations.RunPython.noop)]
