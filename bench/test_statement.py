"""What ``bench.statement`` asks for is a page of a contract's month, of as many lines as it says."""

import pytest
from django.test import Client

from bench import audience, statement_stored
from madoguchi.statements.models import Call

pytestmark = pytest.mark.django_db


def test_its_reader_sees_the_lines_of_a_month_of_the_calls_stored(monkeypatch):
    run = audience.run
    # Not within a test's transaction.
    monkeypatch.setattr(
        audience, "run", lambda said, *more: said in {"VACUUM ANALYZE", "CHECKPOINT"} or run(said, *more)
    )
    stored = statement_stored.store(4_200, readers=2)
    assert Call.objects.count() == 3 * 7 * 200
    assert len(stored["readers"]) == 2
    for path, cookies in stored["readers"]:
        client = Client()
        client.cookies.load(cookies)
        page = client.get(path, secure=True)
        assert page.status_code == 200
        assert len(page.context["rows"]) == statement_stored.PAGE
        assert page.context["page_obj"].paginator.count == 200
