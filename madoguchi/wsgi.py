"""The WSGI application, for any application server."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.settings")

from django.conf import settings

from madoguchi.shell.counting_together import count_together

count_together(settings.VAR / "figures")
_site = get_wsgi_application()

from madoguchi.shell.kept_pages import KeptPages  # noqa: E402 - reads the settings

application = KeptPages(_site)

# What was loaded stays: the collector of cycles need not look through all of it again and again. What a request makes
# is gone with it without being collected, so the collector may look less often than after every 700 objects.
get_resolver().url_patterns  # noqa: B018 - loads every page
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 10, 10)
