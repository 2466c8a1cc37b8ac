"""A month of calls for tests, taken in by the importer; and a session that has proven the contact phone."""

from datetime import timedelta
from pathlib import Path

from django.test import Client
from django.utils import timezone

from madoguchi.accounts.models import Account, SignIn
from madoguchi.contracts.models import Contract, PhoneProof
from madoguchi.statements.import_calls import CallFile, import_calls
from madoguchi.statements.load_tariff import load_tariff
from madoguchi.statements.models import TariffVersion


def row(caller: str, called: str, start: str, talk: int, *, ordinal: int) -> str:
    """An Asterisk row; ``start``: 2026-10-01 09:00:00."""
    started = timezone.datetime.fromisoformat(start)  # type: ignore[attr-defined]
    end = started + timedelta(seconds=talk + 5)
    state = "ANSWERED" if talk else "NO ANSWER"
    cells = ["", caller, called, "x", "", "a", "b", "Dial", "", start, start, str(end), str(talk + 5), str(talk), state]
    return ",".join([*cells, "3", f"1790000000.{ordinal}", ""])


def take_in(folder: Path, *rows: str) -> None:
    """Through the real importer, with the sample tariff."""
    if not TariffVersion.objects.exists():
        load_tariff()
    path = folder / f"{len(list(folder.iterdir()))}.csv"
    path.write_text("\n".join(rows) + "\n")
    outcome = import_calls(CallFile(path, "asterisk", "test"), now=timezone.now(), commit=True)
    assert not outcome.problems


def prove(client: Client, account: Account, contract: Contract) -> None:
    PhoneProof.objects.create(
        account=account,
        customer=contract.customer,
        phone=contract.contact_phone,
        sign_in=SignIn.objects.get(pk=client.session["sign_in"]),
        expires_at=timezone.now() + timedelta(minutes=30),
    )
