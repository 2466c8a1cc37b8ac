"""What every page knows: the operator's brand, and the language links that stay on the page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language


def shell(request: HttpRequest) -> dict[str, Any]:
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "operator": settings.OPERATOR,
        "operator_name": settings.OPERATOR["name_en" if language == "en" else "name_ja"],
        "DEMO": settings.DEMO,
    }
