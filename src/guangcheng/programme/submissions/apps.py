"""Tells Django about submissions."""

from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    """See the package."""

    name = "guangcheng.programme.submissions"
    label = "submissions"
    default_auto_field = "django.db.models.BigAutoField"
