"""The mails of alerts. They name the contract and, of a number, its last digits; never who was called."""

from collections.abc import Callable

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from madoguchi.alerts.models import Alert
from madoguchi.alerts.tell import RENDERER
from madoguchi.delivery.notes import Note, draft, page
from madoguchi.delivery.renderers import Draft, register
from madoguchi.shell.templatetags.shell import yen


def alert(reference: str, language: str, format: str) -> Draft:
    """``reference``: the key of an :class:`Alert`."""
    found = Alert.objects.select_related("watch__contract__service", "watch__number").get(pk=reference)
    return draft(lambda: _NOTES[found.kind](found), language, format)


def _budget(alert: Alert) -> Note:
    return _note(
        alert,
        subject=_("The call charges of %(month)s have passed %(amount)s")
        % {"month": date_format(alert.month, "YEAR_MONTH_FORMAT"), "amount": yen(alert.budget)},
        said=_("The call charges of a month have passed the amount you asked to be told of."),
        facts=((_("Your amount"), yen(alert.budget)),),
    )


def _country(alert: Alert) -> Note:
    country = alert.country_ja if get_language() == "ja" else alert.country_en
    return _note(
        alert,
        subject=_("A country was called for the first time: %(country)s") % {"country": country},
        said=_("A country was called that had not been called for six months. If nobody of yours called there, please "
               "change the passwords of your telephone system and tell us at once."),
        facts=((_("Country"), country),),
    )  # fmt: skip


def _rise(alert: Alert) -> Note:
    return _note(
        alert,
        subject=_("Call charges are much higher than usual"),
        said=_("The call charges of a month are more than twice what the months before cost. If you do not know why, "
               "please look at the usage statement."),
        facts=((_("Usual for a month"), yen(alert.usual // 1000)),),
    )  # fmt: skip


def _note(alert: Alert, *, subject: str, said: str, facts: tuple[tuple[str, str], ...]) -> Note:
    watch = alert.watch
    service = watch.contract.service
    about = [
        (_("Contract"), watch.contract.number),
        (_("Service"), service.name_ja if get_language() == "ja" else service.name_en or service.name_ja),
    ]
    if watch.number:
        about.append((_("Telephone number"), _("ends in %(digits)s") % {"digits": watch.number.number[-4:]}))
    about += [
        (_("Month of use"), date_format(alert.month, "YEAR_MONTH_FORMAT")),
        (_("Call charges so far"), yen(alert.charge // 1000)),
    ]
    return Note(
        subject=subject,
        paragraphs=(said,),
        facts=(*about, *facts),
        button=_("See the usage"),
        link=page("/my/charges/usage/"),
        more=((_("Change or stop these mails"), page("/my/alerts/")),),
        foot=_("The charges are before tax and discounts, for the calls that have reached us so far. You get this mail "
               "because it was asked for with your customer ID."),
    )  # fmt: skip


_NOTES: dict[str, Callable[[Alert], Note]] = {
    Alert.Kind.BUDGET: _budget,
    Alert.Kind.COUNTRY: _country,
    Alert.Kind.RISE: _rise,
}

register(RENDERER, alert)
