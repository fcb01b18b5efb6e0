"""Tells Django about the projects."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Plans, projects, cases."""

    name = "guangcheng.programme.projects"
    label = "projects"
    default_auto_field = "django.db.models.BigAutoField"
