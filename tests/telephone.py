"""The telephone of the tests: the demo's gateway on a free port, and the jobs that send to it."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.contracts.models import Dispatch
from madoguchi.demo.telephone.gateway import server
from madoguchi.demo.telephone.shapes import Credentials
from madoguchi.demo.telephone.store import Arrival, Store


class Telephone:
    """Every phone of the test's world."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def arrivals(self) -> list[Arrival]:
        """What has arrived, oldest first, once the jobs that were asked for have run."""
        for job in ProcrastinateJob.objects.filter(task_name="contracts.deliver_code").order_by("id"):
            assert set(job.args) == {"dispatch_id"}, "a job names a row and nothing else"
            Dispatch.objects.get(pk=job.args["dispatch_id"]).deliver(last_try=True)
        return self.store.latest()[::-1]

    def code(self) -> str:
        """The six digits that arrived last, shown or spoken."""
        *_, last = self.arrivals()
        if last.channel == "sms":
            return str(re.findall(r"\b\d{6}\b", last.text)[0])
        return "".join(re.findall(r"\d", last.text.splitlines()[1]))


@pytest.fixture
def telephone(tmp_path: Path, settings: Any) -> Iterator[Telephone]:
    store = Store(tmp_path)
    credentials = Credentials(settings.TELEPHONE_ACCOUNT, settings.TELEPHONE_TOKEN)
    # No site is called back; tests of callbacks have a site of their own.
    with server(port=0, store=store, credentials=credentials, site="http://nowhere.invalid") as gateway:
        thread = threading.Thread(target=gateway.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        settings.TELEPHONE_URL = f"http://127.0.0.1:{gateway.server_port}"
        yield Telephone(store)
        gateway.shutdown()
        thread.join()
