"""Mails that tell of a change around contracts and their phones: to whom it concerns, the moment it is made.

No mail holds a whole customer number or phone: it says enough for the reader to know which is meant.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from madoguchi.accounts.models import Account
from madoguchi.contracts import contact_phone
from madoguchi.contracts.models import Contract, Customer, CustomerLink
from madoguchi.delivery.post import post
from madoguchi.delivery.renderers import Draft, Renderer, register, slot
from madoguchi.lib.lanes import Lane
from madoguchi.shell.languages import in_language
from madoguchi.shell.templatetags.shell import datetime_zone

_GOOD_FOR = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class _Words:
    """One mail in the active language. The first sentence says what happened, the last what to do if it is wrong."""

    subject: str
    happened: str
    so: str
    wrong: str
    button: str
    path: str


def tell_linked(link: CustomerLink) -> None:
    """Tell the ID, and everybody else who holds the customer's contracts."""
    customer = link.customer
    _tell("contracts.linked", [link.account], customer)
    others = _holders(customer, but=link.account)
    _tell("contracts.linked_by_another", others, customer, who=link.masked_address)


def tell_unlinked(account: Account, customer: Customer) -> None:
    _tell("contracts.unlinked", [account], customer)


def tell_phone_changed(account: Account, contract: Contract) -> None:
    """Tell the ID that changed it, and everybody else who holds the customer's contracts."""
    people = [account, *_holders(contract.customer, but=account)]
    _tell("contracts.phone_changed", people, contract.customer, ending=contact_phone.hint(contract.contact_phone))


def tell_device_copied(account: Account) -> None:
    _tell("contracts.device_copied", [account])


def _tell(renderer: str, people: Iterable[Account], customer: Customer | None = None, **said: str) -> None:
    now = timezone.now()
    for account in people:
        with override(account.language), timezone.override(ZoneInfo(account.time_zone)):
            when = datetime_zone(now)
        post(
            renderer=renderer,
            reference="",
            lane=Lane.CODES,
            to=account.email,
            language=account.language,
            expires_at=now + _GOOD_FOR,
            recipient_key=account.recipient_key,
            personal={"when": when, "customer": customer.masked_number if customer else "", **said},
        )


def _holders(customer: Customer, *, but: Account) -> list[Account]:
    links = customer.links.filter(role=CustomerLink.Role.HOLDER, account__is_active=True).exclude(account=but)
    return [link.account for link in links.select_related("account").order_by("pk")]


def _linked() -> _Words:
    return _Words(
        subject=_("Contracts were linked to your customer ID"),
        happened=_("On %(when)s contracts of the customer number %(customer)s were linked to your customer ID.")
        % _SLOTS,
        so=_("You can now see them on My page. Call records open after the contact phone is confirmed."),
        wrong=_("If this was not you, please change your password at once and contact us."),
        button=_("See linked contracts"),
        path="/my/contracts/",
    )


def _linked_by_another() -> _Words:
    return _Words(
        subject=_("Another customer ID can see your contracts"),
        happened=_(
            "On %(when)s the customer ID %(who)s linked contracts of your customer number %(customer)s: a code sent to "
            "their contact phone was entered."
        )
        % _SLOTS,
        so=_("The ID sees these contracts from now on. You can see who does, and end it, under linked contracts."),
        wrong=_("If you do not know this ID, please remove it and contact us."),
        button=_("See linked contracts"),
        path="/my/contracts/",
    )


def _unlinked() -> _Words:
    return _Words(
        subject=_("Contracts are no longer linked to your customer ID"),
        happened=_("On %(when)s the link between your customer ID and the customer number %(customer)s was removed.")
        % _SLOTS,
        so=_("The contracts themselves stay as they are. You can link them again with their contact phone."),
        wrong=_("If you did not expect this, please contact us."),
        button=_("See linked contracts"),
        path="/my/contracts/",
    )


def _phone_changed() -> _Words:
    return _Words(
        subject=_("The contact phone of your contract was changed"),
        happened=_(
            "On %(when)s the contact phone of contracts of the customer number %(customer)s was changed to a number "
            "ending in %(ending)s."
        )
        % _SLOTS,
        so=_("Codes go to the new phone from now on. Devices remembered with the former one were forgotten."),
        wrong=_("If this was not you, please contact us at once."),
        button=_("See linked contracts"),
        path="/my/contracts/",
    )


def _device_copied() -> _Words:
    return _Words(
        subject=_("A remembered device was forgotten for your safety"),
        happened=_("On %(when)s the mark of a device remembered for your customer ID was used from two places.")
        % _SLOTS,
        so=_("Somebody may have copied it. The device is no longer remembered, and what it had opened is closed."),
        wrong=_("Please change your password, and look through the devices that are signed in."),
        button=_("Change the password"),
        path="/id/password/change/",
    )


_SLOTS = {name: slot(name) for name in ("when", "customer", "who", "ending")}
_MAILS: dict[str, Callable[[], _Words]] = {
    "contracts.linked": _linked,
    "contracts.linked_by_another": _linked_by_another,
    "contracts.unlinked": _unlinked,
    "contracts.phone_changed": _phone_changed,
    "contracts.device_copied": _device_copied,
}


def _renderer(words: Callable[[], _Words]) -> Renderer:
    def render(_reference: str, language: str, format: str) -> Draft:
        with override(language):
            said = words()
            context = {
                "words": said,
                "link": settings.SITE_URL + in_language(said.path, language),
                "site": settings.SITE_URL + in_language("/", language),
                "language": language,
                "operator_name": settings.OPERATOR[f"name_{language}"],
                "operator_colour": settings.OPERATOR["colour"],
            }
            return Draft(
                subject=said.subject,
                text=render_to_string("contracts/mail/change.txt", context),
                html=render_to_string("contracts/mail/change.html", context) if format == "full" else None,
                sender=settings.MAIL_FROM_ID,
            )

    return render


for _name, _words in _MAILS.items():
    register(_name, _renderer(_words))
