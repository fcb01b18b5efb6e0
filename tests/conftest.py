"""What every test may ask for."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def shared_folder() -> Path | None:
    """Find the folder of shared reference data, or ``None`` where it is absent."""
    named = os.environ.get("GUANGCHENG_SHARED")
    candidates = [Path(named)] if named else [ROOT.parent / "shared"]
    return next((path for path in candidates if (path / "README.md").is_file()), None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where pictures of pages are kept, when they are wanted."""
    parser.addoption("--pictures", default="", help="folder to keep pictures of pages in")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs the shared data where it is absent, and say so."""
    if shared_folder() is not None:
        return
    reason = "needs_shared: no ../shared and no GUANGCHENG_SHARED on this machine"
    for item in items:
        if item.get_closest_marker("needs_shared"):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    """In CI a skip is a failure, except where the shared data is absent."""
    report = yield
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        reason = str(report.longrepr)
        if "needs_shared" not in reason:
            report.outcome = "failed"
            report.longrepr = f"skipped in CI, where every part must be present: {reason}"
    return report


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the tests' database in a file, as the product does.

    In memory its connections would share one cache, where a reader and a writer at once fail instead of waiting.
    """
    from django.conf import settings

    default = settings.DATABASES["default"]
    if default["ENGINE"].endswith("sqlite3"):
        default.setdefault("TEST", {})["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the shared data folder; tests that use it carry the mark ``needs_shared``."""
    found = shared_folder()
    assert found is not None, "mark this test with needs_shared"
    return found
