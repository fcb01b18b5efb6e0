"""Tells Django about the tasks."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    """Tasks and what is done about them."""

    name = "guangcheng.programme.tasks"
    label = "tasks"
    default_auto_field = "django.db.models.BigAutoField"
