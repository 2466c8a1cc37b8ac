"""What every HTML mail has around what it says: ``mail/base.html``, ``mail/button.html`` and ``mail/facts.html``.

Tables, because Outlook lays out with Word; colours inline, because webmail drops style sheets, and again in a style
sheet for the dark; no image at all, so nothing is missing where images are not shown.
"""

from django.conf import settings

from madoguchi.shell.brand import READABLE, contrast
from madoguchi.shell.languages import in_language

_WHITE, _INK = "#ffffff", "#1a1a1c"


def frame(language: str) -> dict[str, str]:
    """What ``mail/base.html`` asks of a context, in ``language``.

    ``colour`` is the operator's, ``on_colour`` can be read upon it and ``on_white`` upon white; ``site`` is the address
    of the front page.
    """
    colour = settings.OPERATOR["colour"]
    readable = contrast(colour, _WHITE) >= READABLE
    return {
        "language": language,
        "operator": settings.OPERATOR[f"name_{language}"],
        "colour": colour,
        "on_colour": _WHITE if readable else "#000000",
        "on_white": colour if readable else _INK,
        "site": settings.SITE_URL + in_language("/", language),
    }
