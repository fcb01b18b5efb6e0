"""What the server runs. It refuses to start without a city."""

import os

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

if not os.environ.get("GUANGCHENG_CITY"):
    raise ImproperlyConfigured("GUANGCHENG_CITY is not set: start with `guangcheng serve DIR`")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guangcheng.apps.web.settings")
application = get_wsgi_application()

from guangcheng.apps.web import results  # noqa: E402 - only once Django is set up

results.warm()
