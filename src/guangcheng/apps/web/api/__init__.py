"""The API: everything the pages do, as JSON (OpenAPI 3.1 at ``/api/openapi.json``), errors as RFC 9457 problems.

A program signs in by ``Authorization: Bearer`` with a token, whose scopes limit it; the pages' own session works too,
with its CSRF token. A router per room of the programme is added in ``ROUTERS``.
"""

from guangcheng.apps.web.api.door import make_api

ROUTERS = (
    "people",
    "evaluations",
    "registers",
    "acceptance",
    "monthly",
    "members",
    "targets",
    "tasks",
    "coordination",
    "projects",
)
"""Modules of ``apps.web.api`` with a ``router``; a new room of the API is added here."""

api = make_api(ROUTERS)
