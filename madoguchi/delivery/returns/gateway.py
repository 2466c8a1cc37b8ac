"""What a mail gateway of one's own tells of letters: signed JSON, like the telephone's (``docs/delivery.md``)."""

import hashlib
import json
from typing import Any

from django.conf import settings

from madoguchi.delivery.headers import Unfit
from madoguchi.delivery.headers import address as checked
from madoguchi.delivery.models import Return
from madoguchi.delivery.returns import path, reading, rules, take
from madoguchi.delivery.returns.fields import masked_words
from madoguchi.delivery.returns.reading import Finding
from madoguchi.delivery.telephony import Callback, Forged
from madoguchi.delivery.telephony.webhook import believe
from madoguchi.lib.addresses import envelope

_ACTIONS = {"bounced": "failed", "delayed": "delayed"}


def take_news(callback: Callback) -> take.Taken:
    """Take in what ``callback`` says of one letter; raises :class:`Forged` unless it is signed, new and about one."""
    if not settings.MAIL_TOKEN:
        raise Forged("not set up")
    believe(settings.MAIL_TOKEN, callback)
    try:
        said = json.loads(callback.body)
        event, recipient = said["event"], checked(envelope(said["recipient"]))
        letter = path.read(_text(said, "return_path"))
        finding = _finding(event, recipient, status=_text(said, "status"), words=_text(said, "words"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, Unfit) as error:
        raise Forged("not about a letter") from error
    if finding is None:
        return take.Taken()
    mark = hashlib.sha256(callback.body).hexdigest()
    return take.told(finding, address=recipient, letter=letter, source=Return.Source.WEBHOOK, mark=mark)


def _finding(event: str, recipient: str, *, status: str, words: str) -> Finding | None:
    """None for a delivery, which changes nothing."""
    if event == "complained":
        return Finding(Return.Kind.COMPLAINT, recipient=recipient)
    if event == "delivered":
        return None
    action = _ACTIONS[event]
    found = reading.STATUS.fullmatch(status)
    status = rules.telling_status(found[0] if found else "", words)
    kind = rules.kind_of(action, status, words)
    return Finding(kind, status, masked_words(words), recipient, failed=event == "bounced")


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name, "")
    if not isinstance(value, str):
        raise TypeError(name)
    return value
