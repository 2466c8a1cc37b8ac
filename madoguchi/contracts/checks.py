"""What the settings of this installation mean for codes, told at every start (``check``)."""

from typing import Any

from django.core.checks import CheckMessage, Warning, register

from madoguchi.contracts import wording


@register()
def text_fits(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Whether a code in Japanese is one text message with this operator's name and host."""
    length = len(wording.text_message("000000", language="ja"))
    if length <= wording.TEXT_LIMIT:
        return []
    return [
        Warning(
            f"A text message with a code has {length} characters in Japanese; more than {wording.TEXT_LIMIT} are sent, "
            "and paid, as two.",
            hint="Shorten MADOGUCHI_OPERATOR_NAME_JA or the host of MADOGUCHI_SITE_URL.",
            id="contracts.W001",
        )
    ]
