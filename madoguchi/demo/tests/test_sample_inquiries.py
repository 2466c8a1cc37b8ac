"""The sample operator's queue has something in every state."""

from datetime import UTC, datetime
from random import Random

import pytest

from madoguchi.delivery.models import Letter
from madoguchi.demo.sample import accounts, catalog, inquiries
from madoguchi.inquiries.models import Inquiry

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_there_is_one_in_every_state_and_nothing_is_mailed():
    for room in (catalog, accounts, inquiries):
        room.load(now=NOW, random=Random(1))
    assert set(Inquiry.objects.values_list("state", flat=True)) == set(Inquiry.State)
    assert Inquiry.objects.exclude(account=None).count() == 3
    assert Inquiry.objects.filter(account=None, confirmed_at=None).exists()
    assert set(Inquiry.objects.values_list("language", flat=True)) == {"ja", "en"}
    for inquiry in Inquiry.objects.all():
        assert inquiry.created_at <= inquiry.last_message_at <= NOW
        waits = inquiry.state in {"new", "assigned"}
        assert (inquiry.waiting_since is not None) == waits, inquiry.subject
    assert not Letter.objects.exists()
