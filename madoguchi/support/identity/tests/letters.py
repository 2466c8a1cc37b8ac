"""Letters as their recipients read them."""

import json
import re
from dataclasses import dataclass

from madoguchi.delivery.models import Letter
from madoguchi.delivery.renderers import SLOT, render
from madoguchi.lib.tokens import unseal


@dataclass(frozen=True)
class Read:
    to: str
    subject: str
    text: str
    html: str

    @property
    def path(self) -> str:
        """The path of the activation link in it."""
        found = re.search(r"http://[^/\s]+(\S*/id/activate/\S+)", self.text)
        assert found, self.text
        return found[1]


def letters(to: str) -> list[Read]:
    """What was posted to this address, oldest first."""
    return [_read(letter) for letter in Letter.objects.filter(address=to).order_by("pk").select_related("mailing")]


def _read(letter: Letter) -> Read:
    draft = render(letter.mailing.renderer, letter.mailing.reference, letter.language, letter.format)
    values = {**letter.personal, **(json.loads(unseal(letter.sealed)) if letter.sealed else {})}

    def fill(text: str) -> str:
        return SLOT.sub(lambda slot: values[slot[1]], text)

    return Read(letter.address, fill(draft.subject), fill(draft.text), fill(draft.html or ""))
