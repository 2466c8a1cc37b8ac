"""What the settings of this installation mean for mail, told at every start (``check``)."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from madoguchi.delivery import dkim


@register()
def keys_can_be_read(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Whether each file of MADOGUCHI_DKIM_KEYS holds a key: without it no mail would leave."""
    try:
        dkim.configured()
    except dkim.WrongKey as error:
        said = str(error)
    except OSError as error:
        said = f"{error.filename} cannot be read: {error.strerror}"
    else:
        return []
    return [
        Error(
            f"MADOGUCHI_DKIM_KEYS: {said}.",
            hint="Every process that sends mail reads these files. “madoguchi dkim_key” makes one.",
            id="delivery.E001",
        )
    ]
