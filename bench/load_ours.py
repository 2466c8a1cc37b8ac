"""What ``bench.load`` measures of ours, on the database it has set up: ``python -m bench.load_ours FILE CONTRACT``."""

import json
import os
import sys
from pathlib import Path


def take_in_and_show(file: Path, contract: str) -> dict[str, float]:
    """Import the file and get the contract's statement; seconds and megabytes."""
    from bench import load, stage

    show(contract, calls=b"")  # the web server that will show it has long been running
    found = load.measured(take_in, file)
    page = load.measured(show, contract)
    found = {name: value + page[name] for name, value in found.items()}
    return found | {"page": page["seconds"], "peak_mb": stage.peak_memory(os.getpid())}


def take_in(file: Path) -> None:
    from bench import load
    from madoguchi.statements.import_calls import CallFile, import_calls

    outcome = import_calls(CallFile(file, "asterisk", "bench"), now=load.NOW, commit=True)
    if outcome.problems or outcome.stored != outcome.read:
        raise SystemExit(f"not all calls were stored: {outcome}")


def show(contract: str, *, calls: bytes = b"050-1000-0000") -> None:
    """The statement's page, as its holder sees it who has proven to have the contact phone."""
    import time_machine
    from django.test import Client

    from bench import load
    from madoguchi.accounts.models import Account
    from madoguchi.accounts.tests.people import sign_in
    from madoguchi.contracts.models import Contract
    from madoguchi.support.charges.tests.month import prove

    with time_machine.travel(load.NOW, tick=True):
        client, holder = Client(), Account.objects.get(customer_links__customer__contracts__number=contract)
        sign_in(client, holder)
        prove(client, holder, Contract.objects.get(number=contract))
        page = client.get(f"/my/charges/usage/{contract}/ip050/", {"month": f"{load.MONTH:%Y-%m}"}, secure=True)
    if page.status_code != 200 or calls not in page.content:
        raise SystemExit(f"the page does not show the calls: {page.status_code}")


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(take_in_and_show(Path(sys.argv[1]), sys.argv[2])))
