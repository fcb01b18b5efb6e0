"""Tells Django about monthly."""

from django.apps import AppConfig


class MonthlyConfig(AppConfig):
    """See the package."""

    name = "guangcheng.programme.monthly"
    label = "monthly"
    default_auto_field = "django.db.models.BigAutoField"
