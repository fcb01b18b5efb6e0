"""Tells Django about the targets."""

from django.apps import AppConfig


class TargetsConfig(AppConfig):
    """Programmes and targets."""

    name = "guangcheng.programme.targets"
    label = "targets"
    default_auto_field = "django.db.models.BigAutoField"
