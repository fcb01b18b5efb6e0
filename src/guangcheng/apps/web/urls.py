"""Every route: one line per room of the programme."""

from django.urls import include, path

from guangcheng.apps.web.api import api

handler404 = "guangcheng.apps.web.pages.faults.missing"
handler500 = "guangcheng.apps.web.pages.faults.internal"

ROOMS = (
    "account",
    "people",
    "figures",
    "registers",
    "quality",
    "library",
    "acceptance",
    "monthly",
    "members",
    "targets",
    "tasks",
    "coordination",
    "bulletins",
    "projects",
    "portal",
)
"""Modules of ``apps.web.pages`` with ``urlpatterns``; a new room of pages is added here."""

urlpatterns = [
    path("api/", api.urls),
    *(path("", include(f"guangcheng.apps.web.pages.{room}")) for room in ROOMS),
]
