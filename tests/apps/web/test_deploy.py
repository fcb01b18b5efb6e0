"""Django's own check of a server's settings finds nothing when browsers come by HTTPS."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(("https", "code"), [("true", 0), ("false", 1)])
def test_the_deployment_check_is_clean_behind_https_alone(tmp_path: Path, https: str, code: int) -> None:
    (tmp_path / "web.toml").write_text(f"https = {https}\n", encoding="utf-8")
    told = os.environ | {
        "GUANGCHENG_CITY": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "guangcheng.apps.web.settings",
    }
    asked = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
    answer = subprocess.run(asked, env=told, capture_output=True, text=True, check=False, timeout=60)
    assert answer.returncode == code, answer.stderr
