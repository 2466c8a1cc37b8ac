"""Says at every start that codes reach nobody."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register


@register()
def pretence(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The pretend telephone on a site that is no demo is for a rehearsal."""
    if settings.DEMO:
        return []
    return [
        Warning(
            "The pretend telephone is on: verification codes go to a page for the staff and reach no customer.",
            hint="Take MADOGUCHI_DEMO_TELEPHONE away when the rehearsal is over.",
            id="demo_telephone.W001",
        )
    ]
