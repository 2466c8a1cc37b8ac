"""What a phone shows or says when a code arrives."""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

# A text message in Japanese holds this many characters before it becomes two.
TEXT_LIMIT = 70


def text_message(code: str, *, language: str) -> str:
    """Whose code it is, that nobody else may know it, and a last line that lets the browser of our host fill it in.

    The last line is the form of origin-bound one-time codes (WICG ``sms-one-time-codes``): ``@host #code``.
    """
    with override(language):
        sentence = _("%(operator)s: your verification code is %(code)s. Never tell it to anyone.") % {
            "operator": _operator(language),
            "code": code,
        }
    return f"{sentence}\n@{urlsplit(settings.SITE_URL).hostname} #{code}"


def spoken(code: str, *, language: str) -> str:
    """The code digit by digit, twice; a caller pauses after each line."""
    with override(language):
        # Translators: the separator makes the voice pause between the digits of a code.
        digits = _(", ").join(code)
        return "\n".join(
            [
                _("This is %(operator)s, calling with your verification code.") % {"operator": _operator(language)},
                digits + _("."),
                _("Once more."),
                digits + _("."),
                _("Never tell this code to anyone. Goodbye."),
            ]
        )


def _operator(language: str) -> str:
    return str(settings.OPERATOR["name_en" if language == "en" else "name_ja"])
