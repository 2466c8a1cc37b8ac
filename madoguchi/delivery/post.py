"""Post one letter: a confirmation link, a code, a word to one person."""

import json
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from madoguchi.delivery.models import Letter, Mailing
from madoguchi.lib.addresses import envelope
from madoguchi.lib.lanes import Lane
from madoguchi.lib.tokens import seal


@transaction.atomic
def post(  # noqa: PLR0913 - each is a column of the letter or of its mailing
    *,
    renderer: str,
    reference: str,
    lane: Lane,
    to: str,
    language: str,
    expires_at: datetime,
    personal: Mapping[str, str] | None = None,
    sealed: Mapping[str, str] | None = None,
    recipient_key: str = "",
    format: str = Letter.Format.FULL,
) -> Letter:
    """Queue one letter inside the caller's transaction; it leaves when that commits.

    ``personal`` and ``sealed`` fill the draft's slots by name. ``sealed`` is for what must not lie in the database in
    clear (a link's token, a code): it is encrypted here and wiped once the letter has its outcome. Nothing is sent
    after ``expires_at``. ``recipient_key`` lets the room above find the letter again. Each call posts another letter.
    """
    mailing = Mailing.objects.create(
        renderer=renderer, reference=reference, lane=lane, expires_at=expires_at, single=True
    )
    return Letter.objects.create(
        mailing=mailing,
        recipient_key=recipient_key,
        address=envelope(to),
        language=language,
        format=format,
        personal=dict(personal or {}),
        sealed=seal(json.dumps(dict(sealed))) if sealed else None,
    )
