"""Tells Django about the web door (templates, static files, template words)."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages and API; it has no tables."""

    name = "guangcheng.apps.web"
    label = "web"
