"""Our application for the tests of the proxy in front: public pages are good for a second instead of half a minute.

Beside it ``/asked/`` answers what the proxy asked with. Nothing is kept in front of it, so that what outlives the
application is the proxy's doing.
"""

import json
import os
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.settings")
_site = get_wsgi_application()
_LONG, _SHORT = "max-age=30, stale-while-revalidate=60", "max-age=1, stale-while-revalidate=0"


def application(environ: dict[str, Any], start_response: Any) -> Any:
    if environ["PATH_INFO"] == "/asked/":
        asked = {name: value for name, value in environ.items() if name.startswith("HTTP_")}
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(asked).encode()]

    def told(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        return start_response(status, [(name, value.replace(_LONG, _SHORT)) for name, value in headers], exc_info)

    return _site(environ, told)
