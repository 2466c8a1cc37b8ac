"""``/api/v1/openapi.json`` says what the API does: a fuzzer made from it finds nothing that it does not say."""

from random import Random

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from madoguchi.accounts.models import Account, StaffRole
from madoguchi.contracts.models.operator_tokens import Scope, issue
from madoguchi.demo.sample import accounts, catalog, contracts, notices

ADDRESSES = {
    *("/api/v1/notices", "/api/v1/notices/{number}", "/api/v1/status"),
    *("/api/v1/services", "/api/v1/services/{slug}", "/api/v1/categories"),
    *("/api/v1/customers/{number}", "/api/v1/customers/{number}/roles"),
    *("/api/v1/contracts/{number}", "/api/v1/contracts/{number}/numbers", "/api/v1/batches"),
}


@pytest.fixture
def one_connection():
    """The application keeps the connection, and with it the transaction, of the test: as Django's own client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def sample(db, one_connection):
    for room in (catalog, accounts, contracts, notices):
        room.load(now=timezone.now(), random=Random(1))


def test_the_description_names_every_address_of_the_api(db):
    described = Client().get("/api/v1/openapi.json").json()
    assert set(described["paths"]) == ADDRESSES
    assert described["openapi"].startswith("3.")


def test_every_answer_is_as_described(sample):
    author = Account.objects.filter(staff_role=StaffRole.ADMINISTRATOR).earliest("pk")
    _token, shown = issue(name="a system", scopes=list(Scope.values), by=author)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    operations = [found.ok() for found in schema.get_all_operations()]
    assert {operation.path for operation in operations} == ADDRESSES
    for operation in operations:

        @settings(
            max_examples=40 if operation.method.upper() == "GET" else 20,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def answers(case):
            # A service, or a place in the list, that does not exist is refused: no description can list those that do.
            headers = {"Authorization": f"Bearer {shown}"}
            case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])

        answers()
