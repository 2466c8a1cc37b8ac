"""What is asked of a contract or a number, in words."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from madoguchi.alerts.models import Alert, Watch
from madoguchi.shell.templatetags.shell import yen
from madoguchi.statements.usage.amounts import bytes_words, exact_words


def asked(watch: Watch) -> list[str]:
    """For each thing asked a phrase."""
    words = []
    if watch.budget is not None:
        words.append(_("A month passes %(amount)s") % {"amount": yen(watch.budget)})
    if watch.new_country:
        words.append(_("First call or message to a country"))
    if watch.rise:
        words.append(_("Sudden rise"))
    if watch.data_used:
        words.append(_("Data of the plan nearly or wholly used"))
    return words


def said(alert: Alert) -> str:
    """What was told."""
    if alert.kind == Alert.Kind.BUDGET:
        return _("Passed %(amount)s") % {"amount": yen(alert.budget)}
    if alert.kind == Alert.Kind.COUNTRY:
        country = alert.country_ja if get_language() == "ja" else alert.country_en
        return _("First call or message to %(country)s") % {"country": country}
    if alert.kind == Alert.Kind.DATA:
        amounts = {"percent": alert.percent, "used": bytes_words(alert.used), "included": exact_words(alert.included)}
        return _("%(percent)s%% of the data of the plan (%(used)s of %(included)s)") % amounts
    return _("Much higher than usual (%(usual)s)") % {"usual": yen(alert.usual // 1000)}
