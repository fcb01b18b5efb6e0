"""``python -m guangcheng``."""

from guangcheng.apps.cli.main import run

run()
