"""Bring up the programme of one city: Django's settings, its tables, its first administrator."""

import os
from pathlib import Path

from guangcheng.apps.web.config import DATABASE_NAME, web_config
from guangcheng.base.errors import UsageError
from guangcheng.base.text import Text
from guangcheng.registers.city import City

SETTINGS = "guangcheng.apps.web.settings"


def has_ledger(folder: Path) -> bool:
    """Whether a programme was ever started for this city."""
    return (folder / DATABASE_NAME).is_file() or bool(web_config(folder).database)


def programme_of(folder: Path) -> City:
    """Set Django up for the city in ``folder``, once per process, its tables brought to this version.

    ``NotFound`` when the folder is no city; ``UsageError`` when the libraries of the web door are not installed.
    """
    city = City.open(folder)
    web_config(folder)
    os.environ["GUANGCHENG_CITY"] = str(folder.resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    try:
        import django
    except ImportError as fault:
        raise UsageError(
            Text("没有安装网页所需的库", "the libraries of the web door are not installed"),
            mend=Text('pip install "guangcheng[web]"', 'pip install "guangcheng[web]"'),
        ) from fault
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    return city
