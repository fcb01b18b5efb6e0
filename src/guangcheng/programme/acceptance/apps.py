"""Tells Django about acceptance."""

from django.apps import AppConfig


class AcceptanceConfig(AppConfig):
    """Cases, samples, objections, re-checks, plaques, demonstration sites."""

    name = "guangcheng.programme.acceptance"
    label = "acceptance"
    default_auto_field = "django.db.models.BigAutoField"
