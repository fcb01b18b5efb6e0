"""One small demonstration city for all tests here."""

import pytest

from guangcheng.apps.demo.generator import build_demo
from guangcheng.apps.demo.made import DemoCity

SMALL = 6_000


@pytest.fixture(scope="session")
def small() -> DemoCity:
    """Every case of the demonstration, with few premises."""
    return build_demo(premises=SMALL, seed=2017)
