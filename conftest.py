"""Set-up of every test: no network but loopback. The database is started by tests/database.py."""

import ipaddress
import socket
from collections import Counter
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as properties

from tests import database

# A busy machine is no flaw of what is tested, the examples of a run are those of the next, and those of one test share
# its database as they share its transaction.
properties.register_profile(
    "madoguchi",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
properties.load_profile("madoguchi")


class NetworkTouched(Exception):
    """A test spoke to something beyond this machine."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """For the processes of pytest-xdist: files that take long first, then those with many tests, so that none of them
    is left alone with a long one in the end."""
    if hasattr(config, "workerinput"):
        tests = Counter(item.path for item in items)
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: (item.path not in slow, -tests[item.path], item.path))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    django_db_blocker: Any,
    django_db_keepdb: bool,
    worker_id: str,
    testrun_uid: str,
) -> None:
    """A process of pytest-xdist works in a copy of the database that one of them has migrated."""
    if worker_id != "master" and not django_db_keepdb:
        with django_db_blocker.unblock():
            connection.settings_dict["TEST"]["TEMPLATE"] = database.migrated_template(testrun_uid)


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Any:
    """No test leaves the machine: a connection to anything but loopback is an error that says where to."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0])
            if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
                raise NetworkTouched(f"connection to {host}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(scope="session", autouse=True)
def light_hashing() -> Any:
    """Passwords are hashed with little memory: tests are about what happens, not about how slow guessing is."""
    with override_settings(PASSWORD_HASHERS=["madoguchi.accounts.tests.people.LightHasher"]):
        yield


@pytest.fixture(autouse=True)
def site_language() -> Any:
    """A request leaves its language active in the thread; the next test begins with the site's."""
    translation.activate(settings.LANGUAGE_CODE)
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def texts_known_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A version of the terms counts with the next page, as it does for whoever publishes it and waits a moment."""
    monkeypatch.setattr("madoguchi.catalog.models.legal_text.KNOWN_FOR", 0.0)


@pytest.fixture(autouse=True)
def no_job_left(request: pytest.FixtureRequest) -> Any:
    """A test that really commits leaves no background job to the next one.

    Django empties the tables it manages after such a test; Procrastinate's it does not manage.
    """
    marker = request.node.get_closest_marker("django_db")
    commits = marker is not None and marker.kwargs.get("transaction", False)
    if commits:
        request.getfixturevalue("transactional_db")
    yield
    if commits:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_periodic_defers, procrastinate_workers CASCADE")
