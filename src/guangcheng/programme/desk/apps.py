"""Tells Django about the registers desk."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Loads of registers, reviewed findings."""

    name = "guangcheng.programme.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"
