"""Classes of destination, in words. A tariff may use others; they are shown as they are written."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

KINDS = {
    "fixed": _("Fixed line"),
    "mobile": pgettext_lazy("statement", "Mobile"),
    "ip050_partner": _("050, free partner"),
    "ip050_paid": _("050"),
    "ip050_unconnected": _("050, not connected"),
    "freedial": _("Toll-free"),
    "navi": _("0570 Navi Dial"),
    "telegong": _("0180 Telegong"),
    "premium": _("0990 premium"),
    "m2m": _("020 data device"),
    "emergency": _("Emergency"),
    "special": _("Special number"),
    "international": _("International"),
    "withheld": _("Number withheld"),
    "other": _("Other"),
    "unlisted": _("Not listed one by one"),
}


def words(kind: str) -> str:
    """The class in the active language."""
    return str(KINDS.get(kind, kind))
