"""Whether a sign-in has proven the contact phone of a contract, and how that comes to be.

A proof is a row bound to the sign-in, the customer and the phone, with a clock of its own that is shorter than the
session's. A changed contact phone equals no proof any more.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from madoguchi.accounts import assurance
from madoguchi.accounts.assurance import Level
from madoguchi.contracts import contact_phone
from madoguchi.contracts.models import Contract, PhoneProof, TrustedDevice
from madoguchi.contracts.sessions import account_of, sign_in_of


def proven(request: HttpRequest, contract: Contract) -> bool:
    """Whether this sign-in has proven what the operator's policy asks for before ``contract``'s call records.

    That is the contract's present contact phone, lately enough and of a kind the operator accepts; or, where the policy
    says so, a second factor, as lately.
    """
    if by_factor() and assurance.standing(sign_in_of(request)).meets(Level.MFA, max_age=lasts()):
        return True
    return contact_phone.channels(contract.contact_phone) != () and phone_proven(request, contract)


def proven_among(request: HttpRequest, contracts: Iterable[Contract]) -> set[int]:
    """The keys of those that are :func:`proven`, found at once however many they are."""
    if by_factor() and assurance.standing(sign_in_of(request)).meets(Level.MFA, max_age=lasts()):
        return {contract.pk for contract in contracts}
    proofs = PhoneProof.objects.standing(sign_in_of(request)).values_list("customer_id", "phone")
    phones = {(customer, phone) for customer, phone in proofs if contact_phone.channels(phone)}
    return {contract.pk for contract in contracts if (contract.customer_id, contract.contact_phone) in phones}


def phone_proven(request: HttpRequest, contract: Contract) -> bool:
    """Whether a code to the present contact phone of ``contract``, or a remembered device, has proven it lately."""
    return PhoneProof.objects.standing(sign_in_of(request)).covering(contract).exists()


def by_factor() -> bool:
    """Whether a one-time code or a passkey may take the place of the phone."""
    return "factor" in settings.CONTACT_PROOF_BY


def lasts() -> timedelta:
    """How long a proof opens call records."""
    return timedelta(minutes=settings.CONTACT_PROOF_MINUTES)


def prove(request: HttpRequest, contract: Contract) -> None:
    """Note that a code proved the phone; the session gets a new key (ASVS 5.0, 7.2.4)."""
    request.session.cycle_key()
    note(request, contract)


def note(request: HttpRequest, contract: Contract, *, device: TrustedDevice | None = None) -> PhoneProof:
    """Write the proof for this sign-in; the session keeps its key."""
    return PhoneProof.objects.create(
        account=account_of(request),
        customer_id=contract.customer_id,
        phone=contract.contact_phone,
        sign_in=sign_in_of(request),
        device=device,
        expires_at=timezone.now() + lasts(),
    )
