"""The WSGI application, for any application server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.settings")
_site = get_wsgi_application()

from madoguchi.shell.kept_pages import KeptPages  # noqa: E402 - reads the settings

application = KeptPages(_site)
