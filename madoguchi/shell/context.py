"""What every page knows: the operator's brand, the stylesheet, whether this is the demo. No database, no session."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from madoguchi.shell import languages, stylesheet


def shell(_request: HttpRequest | None = None) -> dict[str, Any]:
    language = languages.current()
    return {
        "operator": settings.OPERATOR,
        "operator_name": settings.OPERATOR[f"name_{language}"],
        "stylesheet": stylesheet.address(),
        "DEMO": settings.DEMO,
    }
