"""What is asked of a contract or a number, in words."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from madoguchi.alerts.models import Alert, Watch
from madoguchi.shell.templatetags.shell import yen


def asked(watch: Watch) -> list[str]:
    """For each thing asked a phrase."""
    words = []
    if watch.budget is not None:
        words.append(_("A month passes %(amount)s") % {"amount": yen(watch.budget)})
    if watch.new_country:
        words.append(_("First call to a country"))
    if watch.rise:
        words.append(_("Sudden rise"))
    return words


def said(alert: Alert) -> str:
    """What was told."""
    if alert.kind == Alert.Kind.BUDGET:
        return _("Passed %(amount)s") % {"amount": yen(alert.budget)}
    if alert.kind == Alert.Kind.COUNTRY:
        country = alert.country_ja if get_language() == "ja" else alert.country_en
        return _("First call to %(country)s") % {"country": country}
    return _("Much higher than usual (%(usual)s)") % {"usual": yen(alert.usual // 1000)}
