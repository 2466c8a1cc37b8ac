"""Mails that tell of a change around contracts and their phones: to whom it concerns, the moment it is made.

No mail holds a whole customer number or phone: it says enough for the reader to know which is meant.
"""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from madoguchi.accounts.models import Account
from madoguchi.accounts.telling import tell
from madoguchi.contracts import contact_phone
from madoguchi.contracts.models import Contract, Customer, CustomerLink
from madoguchi.delivery.notes import Note, note, page
from madoguchi.delivery.renderers import slot

_SLOTS = {"when": slot("at")} | {name: slot(name) for name in ("customer", "who", "ending")}


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
    for account in people:
        tell(account, renderer, said={"customer": customer.masked_number if customer else "", **said})


def _holders(customer: Customer, *, but: Account) -> list[Account]:
    links = customer.links.filter(role=CustomerLink.Role.HOLDER, account__is_active=True).exclude(account=but)
    return [link.account for link in links.select_related("account").order_by("pk")]


@note("contracts.linked")
def linked() -> Note:
    return Note(
        subject=_("Contracts were linked to your customer ID"),
        paragraphs=(
            _("On %(when)s contracts of the customer number %(customer)s were linked to your customer ID.") % _SLOTS,
            _("You can now see them on My page. Call records open after the contact phone is confirmed."),
        ),
        button=_("See linked contracts"),
        link=page("/my/contracts/"),
        foot=_("If this was not you, please change your password at once and contact us."),
    )


@note("contracts.linked_by_another")
def linked_by_another() -> Note:
    return Note(
        subject=_("Another customer ID can see your contracts"),
        paragraphs=(
            _(
                "On %(when)s the customer ID %(who)s linked contracts of your customer number %(customer)s: a code "
                "sent to their contact phone was entered."
            )
            % _SLOTS,
            _("The ID sees these contracts from now on. You can see who does, and end it, under linked contracts."),
        ),
        button=_("See linked contracts"),
        link=page("/my/contracts/"),
        foot=_("If you do not know this ID, please remove it and contact us."),
    )


@note("contracts.unlinked")
def unlinked() -> Note:
    return Note(
        subject=_("Contracts are no longer linked to your customer ID"),
        paragraphs=(
            _("On %(when)s the link between your customer ID and the customer number %(customer)s was removed.")
            % _SLOTS,
            _("The contracts themselves stay as they are. You can link them again with their contact phone."),
        ),
        button=_("See linked contracts"),
        link=page("/my/contracts/"),
        foot=_("If you did not expect this, please contact us."),
    )


@note("contracts.phone_changed")
def phone_changed() -> Note:
    return Note(
        subject=_("The contact phone of your contract was changed"),
        paragraphs=(
            _(
                "On %(when)s the contact phone of contracts of the customer number %(customer)s was changed to a "
                "number ending in %(ending)s."
            )
            % _SLOTS,
            _("Codes go to the new phone from now on. Devices remembered with the former one were forgotten."),
        ),
        button=_("See linked contracts"),
        link=page("/my/contracts/"),
        foot=_("If this was not you, please contact us at once."),
    )


@note("contracts.device_copied")
def device_copied() -> Note:
    return Note(
        subject=_("A remembered device was forgotten for your safety"),
        paragraphs=(
            _("On %(when)s the mark of a device remembered for your customer ID was used from two places.") % _SLOTS,
            _("Somebody may have copied it. The device is no longer remembered, and what it had opened is closed."),
        ),
        button=_("Change the password"),
        link=page("/id/password/change/"),
        foot=_("Please change your password, and look through the devices that are signed in."),
    )
