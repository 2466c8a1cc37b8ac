"""After a change of the sealing key: everything sealed is sealed anew under the first key, so that the old one can go.

Sealed texts lie in binary columns whose name begins with ``sealed``, in whichever room, and in the secrets of
authenticators. What lies sealed in sessions, and what was typed by who forgot a password, is over within the hour and
left to end by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import models
from django.db.models.expressions import RawSQL

from madoguchi.lib.tokens import BrokenSeal, resealed

BATCH = 500


@dataclass(slots=True)
class Outcome:
    """What became of one place where sealed texts lie."""

    place: str
    resealed: int = 0
    current: int = 0  # lay under the first key already
    broken: int = 0  # their key is not listed


def reseal() -> Iterator[Outcome]:
    """Go through every place, one outcome each. May be stopped and run again at any time, beside a running site."""
    for model, column in _columns():
        yield _column(model, column)
    yield _authenticators()


def _columns() -> Iterator[tuple[type[models.Model], str]]:
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.BinaryField) and field.name.startswith("sealed"):
                yield model, field.name


def _column(model: type[models.Model], column: str) -> Outcome:
    outcome = Outcome(f"{model._meta.label}.{column}")
    rows = model._default_manager.filter(**{f"{column}__isnull": False}).order_by("pk")
    for key, sealed in rows.values_list("pk", column).iterator(chunk_size=BATCH):
        if new := _new(bytes(sealed), outcome):
            # Only if it is still the same: a letter sent meanwhile has wiped its secret.
            model._default_manager.filter(pk=key, **{column: sealed}).update(**{column: new})
    return outcome


def _authenticators() -> Outcome:
    outcome = Outcome("one-time password secrets")
    rows = Authenticator.objects.filter(type=Authenticator.Type.TOTP).order_by("pk")
    for authenticator in rows.iterator(chunk_size=BATCH):
        secret = authenticator.data["secret"]
        if new := _new(secret.encode(), outcome):
            # In the document itself: the half minute last redeemed stands beside it, and moves on meanwhile.
            Authenticator.objects.filter(pk=authenticator.pk, data__secret=secret).update(
                data=RawSQL("jsonb_set(data, '{secret}', to_jsonb(%s::text))", [new.decode("ascii")])
            )
    return outcome


def _new(sealed: bytes, outcome: Outcome) -> bytes | None:
    try:
        new = resealed(sealed)
    except BrokenSeal:
        outcome.broken += 1
        return None
    if new is None:
        outcome.current += 1
    else:
        outcome.resealed += 1
    return new


def samples(*, a_place: int = 20) -> Iterator[bytes]:
    """The newest sealed texts of every place, to try whether they can be opened."""
    for model, column in _columns():
        rows = model._default_manager.filter(**{f"{column}__isnull": False}).order_by("-pk")
        yield from (bytes(sealed) for sealed in rows.values_list(column, flat=True)[:a_place])
    newest = Authenticator.objects.filter(type=Authenticator.Type.TOTP).order_by("-pk")[:a_place]
    yield from (str(authenticator.data["secret"]).encode() for authenticator in newest)
