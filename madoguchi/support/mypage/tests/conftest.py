from typing import Any

import pytest
import time_machine
from django.utils import timezone

from madoguchi.accounts.tests.people import alice, bob
from madoguchi.contracts.tests.household import Household, household
from tests.telephone import telephone

__all__ = ["telephone"]


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


@pytest.fixture
def home(clock: Any) -> Household:
    return household(holder=alice(), colleague=bob())
