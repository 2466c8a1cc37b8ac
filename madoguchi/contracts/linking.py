"""Linking a customer's contracts to an ID: customer number, contact phone, and the code that went to that phone.

Nobody learns here whether a customer number exists: one that nobody has and one with another phone are the same wrong
answer. Who proves a phone sees what that phone stands for (the table "Who sees what" in ``docs/verification.md``).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from django.db import transaction
from django.http import HttpRequest

from madoguchi.accounts import limits
from madoguchi.accounts.events import record
from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.accounts.network import source_network
from madoguchi.contracts import mail, phone_entry, verification
from madoguchi.contracts.models import Contract, Customer, CustomerLink, PhoneProof, TrustedPhone
from madoguchi.contracts.sessions import account_of, sign_in_of

# Beside the five wrong phones of an ID (phone_entry): against one customer number from everywhere, and from one place.
NUMBER = limits.Limit("link number", 10, timedelta(days=1))
SOURCE = limits.Limit("link source", 50, timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Linked:
    link: CustomerLink
    new: bool  # whether the ID sees anything it did not see before


def holds(account: Account, customer_number: str) -> bool:
    """Whether everything of that customer is linked to ``account`` already."""
    held = CustomerLink.objects.filter(account=account, role=CustomerLink.Role.HOLDER)
    return held.filter(customer__number=customer_number).exists()


def claim(request: HttpRequest, customer_number: str, phone: str) -> Contract | None:
    """The contract to send a code for, or None where number and phone (E.164) do not go together.

    Raises :class:`phone_entry.Locked` and :class:`limits.TooMany`, both alike for numbers that exist and that do not.
    """
    phone_entry.raise_if_locked(account_of(request))  # before it uses up the tries of a number
    limits.take(SOURCE, source_network(request))
    limits.take(NUMBER, phone_entry.claim_on(customer_number))
    contract = phone_entry.claim(request, customer_number, phone)
    if contract:
        limits.give_back(SOURCE, source_network(request))
        limits.give_back(NUMBER, phone_entry.claim_on(customer_number))
    return contract


@transaction.atomic
def link(request: HttpRequest, contract: Contract) -> Linked:
    """Let the ID see what the phone of ``contract``, proven this moment by a code, entitles it to."""
    verification.prove(request, contract)
    account = account_of(request)
    customer = Customer.objects.select_for_update().get(pk=contract.customer_id)
    before = set(customer.contracts.filter(pk__in=Contract.objects.visible_to(account)).values_list("pk", flat=True))
    made, _ = CustomerLink.objects.get_or_create(
        account=account, customer=customer, defaults={"role": CustomerLink.Role.COLLEAGUE}
    )
    if made.role == CustomerLink.Role.HOLDER:
        return Linked(made, new=False)
    if _is_holder(request, customer):
        made.role = CustomerLink.Role.HOLDER
        made.save(update_fields=["role"])
        made.contracts.clear()  # a holder's link names none
    else:
        made.contracts.add(*customer.contracts.filter(contact_phone=contract.contact_phone))
    seen = set(customer.contracts.filter(pk__in=Contract.objects.visible_to(account)).values_list("pk", flat=True))
    if seen == before and made.role != CustomerLink.Role.HOLDER:
        return Linked(made, new=False)
    record(
        request,
        account,
        AuthEvent.Method.CONTRACT_LINKED,
        True,
        contract_number=contract.number,
        detail=made.role,
    )
    mail.tell_linked(made)
    return Linked(made, new=True)


@transaction.atomic
def unlink(request: HttpRequest, link: CustomerLink) -> None:
    """Take a link away. ``request`` is of its own ID, of the contracts' holder or of staff.

    What the ID had proven about the contracts goes with it; linking again takes the phone again.
    """
    account, customer = link.account, link.customer
    seen = customer.contracts.filter(pk__in=Contract.objects.visible_to(account)).order_by("pk")
    number = seen.values_list("number", flat=True).first() or ""
    if account == request.user:
        record(request, account, AuthEvent.Method.CONTRACT_UNLINKED, True, contract_number=number)
    else:
        # Without network and browser: they are not the owner's.
        AuthEvent.objects.create(
            account=account,
            method=AuthEvent.Method.CONTRACT_UNLINKED,
            succeeded=True,
            contract_number=number,
            detail="staff" if cast(Account, request.user).is_staff else "by_another",
        )
    PhoneProof.objects.filter(account=account, customer=customer).delete()
    TrustedPhone.objects.filter(device__account=account, customer=customer).delete()
    link.delete()
    mail.tell_unlinked(account, customer)


def _is_holder(request: HttpRequest, customer: Customer) -> bool:
    """Nobody holds the customer's contracts yet, and this sign-in has proven the phones of all that are in force."""
    if customer.links.filter(role=CustomerLink.Role.HOLDER).exists():
        return False
    proven = PhoneProof.objects.standing(sign_in_of(request)).filter(customer=customer).values("phone")
    return not customer.contracts.in_force().exclude(contact_phone__in=proven).exists()
