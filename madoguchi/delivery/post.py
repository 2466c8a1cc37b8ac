"""Post one letter: a confirmation link, a code, a word to one person."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from madoguchi.delivery.models import Letter, Mailing
from madoguchi.delivery.returns import suppression
from madoguchi.lib.addresses import envelope
from madoguchi.lib.lanes import Lane
from madoguchi.lib.tokens import seal

_WITHHELD: dict[str, Any] = {
    "state": Letter.State.SUPPRESSED,
    "reason": suppression.LETTER_REASON,
    "finished_at": Now(),
}


@transaction.atomic
def post(  # noqa: PLR0913 - each is a column of the letter or of its mailing
    *,
    renderer: str,
    reference: str,
    lane: Lane,
    to: str,
    language: str,
    expires_at: datetime,
    due_at: datetime | None = None,
    personal: Mapping[str, str] | None = None,
    sealed: Mapping[str, str] | None = None,
    recipient_key: str = "",
    format: str = Letter.Format.FULL,
) -> Letter:
    """Queue one letter inside the caller's transaction; it leaves when that commits.

    ``personal`` and ``sealed`` fill the draft's slots by name. ``sealed`` is for what must not lie in the database in
    clear (a link's token, a code): it is encrypted here and wiped once the letter has its outcome. Nothing is sent
    before ``due_at`` (now) or after ``expires_at``. ``recipient_key`` lets the room above find the letter again. Each
    call posts another letter.

    To an address that gets no mail of that lane any more the letter is written as ``suppressed`` and not sent.
    """
    mailing = Mailing.objects.create(
        renderer=renderer, reference=reference, lane=lane, expires_at=expires_at, single=True
    )
    address = envelope(to)
    withheld = bool(suppression.suppressed([address], lane=lane))
    return Letter.objects.create(
        mailing=mailing,
        recipient_key=recipient_key,
        address=address,
        language=language,
        format=format,
        personal=dict(personal or {}),
        sealed=seal(json.dumps(dict(sealed))) if sealed and not withheld else None,
        **({"due_at": due_at} if due_at else {}),
        **(_WITHHELD if withheld else {}),
    )
