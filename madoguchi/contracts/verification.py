"""Whether a session has proven the contact phone of a contract, and how that comes to be.

A proof is a row bound to the session, the customer and the phone, with a clock of its own that is shorter than the
session's. A changed contact phone equals no proof any more.
"""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from madoguchi.contracts.models import Contract, PhoneProof, TrustedDevice
from madoguchi.contracts.sessions import account_of, session_digest


def proven(request: HttpRequest, contract: Contract) -> bool:
    """Whether this session's ID has proven the present contact phone of ``contract``, and lately enough."""
    return (
        PhoneProof.objects.standing(session_digest=session_digest(request))
        .covering(contract)
        .filter(account=account_of(request))
        .exists()
    )


def prove(request: HttpRequest, contract: Contract) -> None:
    """Note that a code proved the phone; the session gets a new key, and what it had proven before moves along."""
    before = session_digest(request)
    request.session.cycle_key()
    PhoneProof.objects.standing(session_digest=before).update(session_digest=session_digest(request))
    note(request, contract)


def note(request: HttpRequest, contract: Contract, *, device: TrustedDevice | None = None) -> PhoneProof:
    """Write the proof for the session as it is now."""
    return PhoneProof.objects.create(
        account=account_of(request),
        customer_id=contract.customer_id,
        phone=contract.contact_phone,
        session_digest=session_digest(request),
        device=device,
        expires_at=timezone.now() + timedelta(minutes=settings.CONTACT_PROOF_MINUTES),
    )
