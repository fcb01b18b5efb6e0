"""Tells Django about the member bodies."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    """Members, liaisons, licences."""

    name = "guangcheng.programme.members"
    label = "members"
    default_auto_field = "django.db.models.BigAutoField"
