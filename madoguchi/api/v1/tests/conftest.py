"""A service, and what asks about it."""

import pytest
from django.test import Client

from madoguchi.catalog.models import Service
from madoguchi.notices.tests import make


@pytest.fixture
def hikari(db) -> Service:
    made = make.service(aliases=["光回線"])
    made.fold_names()
    made.save()
    return made


@pytest.fixture
def program() -> Client:
    """It has no cookies, and says which language it reads."""
    return Client(headers={"Accept-Language": "en"})
