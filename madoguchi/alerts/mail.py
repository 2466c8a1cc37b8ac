"""The mails of alerts. They name the contract and, of a number, its last digits; never who was called.

A subject may stand on a locked screen: it names neither an amount nor a country, contract or number.
"""

from collections.abc import Callable

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from madoguchi.alerts.models import Alert
from madoguchi.alerts.tell import RENDERER
from madoguchi.delivery.notes import Note, draft, page
from madoguchi.delivery.renderers import Draft, register
from madoguchi.shell.templatetags.shell import yen
from madoguchi.statements.usage.amounts import bytes_words, exact_words
from madoguchi.statements.usage.registry import is_open

Facts = tuple[tuple[str, str], ...]


def alert(reference: str, language: str, format: str) -> Draft:
    """``reference``: the key of an :class:`Alert`; for countries, of the first of those of one mail."""
    found = Alert.objects.select_related("watch__contract__service", "watch__number").get(pk=reference)
    make = _NOTES[found.kind]
    return draft(lambda: make(found, short=format == "short"), language, format)


def _budget(alert: Alert, *, short: bool) -> Note:
    return _note(
        alert,
        short=short,
        subject=_("Charges for %(month)s have passed the amount you set") % {"month": _month(alert)},
        said=_("The month's charges have passed the amount you set."),
        facts=((_("Amount you set"), yen(alert.budget)),),
    )


def _country(alert: Alert, *, short: bool) -> Note:
    together = {"watch": alert.watch, "kind": alert.kind, "month": alert.month, "raised_at": alert.raised_at}
    found = Alert.objects.filter(**together).order_by("country_en")
    names = [one.country_ja if get_language() == "ja" else one.country_en for one in found]
    return _note(
        alert,
        short=short,
        subject=_("A call or message to a new country in %(month)s") % {"month": _month(alert)},
        said=_("A call was made or a message sent to a country that had had none for six months. If it was not you, "
               "change the passwords of your telephone system or phone and tell us at once."),
        facts=((_("Country"), pgettext("between countries", ", ").join(names)),),
    )  # fmt: skip


def _rise(alert: Alert, *, short: bool) -> Note:
    return _note(
        alert,
        short=short,
        subject=_("Charges for %(month)s are much higher than usual") % {"month": _month(alert)},
        said=_("The charges of a month are more than twice what the months before cost. If you do not know why, please "
               "look at the usage statement."),
        facts=((_("Usual for a month"), yen(alert.usual // 1000)),),
    )  # fmt: skip


def _data(alert: Alert, *, short: bool) -> Note:
    all_of_it = alert.percent >= 100
    return _note(
        alert,
        short=short,
        subject=(_("The data of your plan is used up for %(month)s") if all_of_it
                 else _("Most of the data of your plan is used for %(month)s")) % {"month": _month(alert)},
        said=_("All the data that your plan includes in a month is used. What is used beyond it is charged for, as "
               "your plan says.") if all_of_it
        else _("Four fifths of the data that your plan includes in a month are used."),
        facts=(
            (_("Data used"), bytes_words(alert.used)),
            (_("Included in the plan"), exact_words(alert.included)),
        ),
    )  # fmt: skip


def _note(alert: Alert, *, short: bool, subject: str, said: str, facts: Facts) -> Note:
    own = (*_about(alert, short=short), (_("Month of use"), _month(alert)), _charges(alert), *facts)
    if short:
        return Note(
            subject=subject,
            paragraphs=(said,),
            facts=own,
            button=_("Change or stop these mails"),
            link=page("/my/alerts/"),
            foot=_("You get this because you asked for it."),
        )
    button, link = _where(alert)
    return Note(
        subject=subject,
        paragraphs=(said,),
        facts=own,
        button=button,
        link=link,
        more=((_("Change or stop these mails"), page("/my/alerts/")),),
        foot=_("The amounts are as far as records have reached us. You get this mail because it was asked for with "
               "your customer ID."),
    )  # fmt: skip


def _where(alert: Alert) -> tuple[str, str]:
    """The button to the month: its statement, or of mobiles, whose statements open later, its charges so far."""
    contract, month = alert.watch.contract, f"{alert.month:%Y-%m}"
    if is_open(contract.usage_kind, alert.month, today=timezone.localdate(alert.raised_at)):
        return _("See the usage"), page(f"/my/charges/usage/{contract.number}/{contract.usage_kind}/?month={month}")
    return _("See the charges so far"), page(f"/my/charges/bills/{contract.number}/{month}/")


def _about(alert: Alert, *, short: bool) -> Facts:
    watch = alert.watch
    service = watch.contract.service
    about: Facts = ((_("Contract"), watch.contract.number),)
    if not short:
        about += ((_("Service"), service.name_ja if get_language() == "ja" else service.name_en or service.name_ja),)
    if watch.number:
        about += ((_("Telephone number"), _("ends in %(digits)s") % {"digits": watch.number.number[-4:]}),)
    return about


def _charges(alert: Alert) -> tuple[str, str]:
    so_far = yen(alert.charge // 1000)
    if alert.with_tax:
        return _("Charges so far, with tax"), so_far
    return _("Charges so far, before discounts, fees and tax"), so_far


def _month(alert: Alert) -> str:
    return date_format(alert.month, "YEAR_MONTH_FORMAT")


_NOTES: dict[str, Callable[..., Note]] = {
    Alert.Kind.BUDGET: _budget,
    Alert.Kind.COUNTRY: _country,
    Alert.Kind.RISE: _rise,
    Alert.Kind.DATA: _data,
}

register(RENDERER, alert)
