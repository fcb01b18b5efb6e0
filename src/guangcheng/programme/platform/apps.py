"""Tells Django about the platform."""

from django.apps import AppConfig


class PlatformConfig(AppConfig):
    """Organisations, users, grants, attachments, tokens, ledger."""

    name = "guangcheng.programme.platform"
    label = "platform"
    default_auto_field = "django.db.models.BigAutoField"
