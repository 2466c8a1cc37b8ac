"""What cannot be answered is answered with a problem document (RFC 9457), in the program's language, and not kept."""

import pytest
from django.db import OperationalError

from madoguchi.notices import search
from madoguchi.shell.problems import MEDIA_TYPE

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "field", "message"),
    [
        ("notices?kind=flood", "query.kind", "Choose one of the values"),
        ("notices?state=draft", "query.state", "Choose one of the values"),
        ("notices?limit=0", "query.limit", "too small"),
        ("notices?limit=101", "query.limit", "too large"),
        ("notices?limit=many", "query.limit", "whole number"),
        ("notices?in_force=perhaps", "query.in_force", "true or false"),
        ("notices?since=22.11.2026", "query.since", "2026-11-22"),
        ("notices?since=1999-12-31", "query.since", "too small"),
        ("notices?since=2026-11-22&until=2026-11-21", "query.until", "before the first"),
        ("notices?service=nowhere", "query.service", "none of that name"),
        ("notices?category=nowhere", "query.category", "none of that name"),
        ("notices?region=48", "query.region", "none of that name"),
        ("notices?region=Tokyo", "query.region", "right form"),
        ("notices?text=%00", "query.text", "cannot be stored"),
        ("notices?after=here", "query.after", "not a place in the list"),
        ("notices?after=MjAyNi0xMS0yMiAx", "query.after", "not a place in the list"),
        ("notices/T-1", "path.number", "right form"),
        ("services?audience=cats", "query.audience", "Choose one of the values"),
        ("services?category=nowhere", "query.category", "none of that name"),
        (f"services?text={'a' * 101}", "query.text", "too long"),
    ],
)
def test_a_malformed_call_is_told_what_is_wrong_and_where(program, path, field, message):
    answer = program.get(f"/api/v1/{path}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == MEDIA_TYPE
    assert "no-store" in answer["Cache-Control"]
    [fault] = answer.json()["errors"]
    assert fault["field"] == field
    assert message in fault["message"]


def test_the_sentence_is_in_the_language_asked_for(program):
    answer = program.get("/api/v1/notices?limit=0", headers={"Accept-Language": "ja"})
    assert answer.json()["errors"][0]["message"] == "値が小さすぎます。"
    assert answer["Content-Language"] == "ja"


@pytest.mark.parametrize("path", ["notices/T-2026-999999", "services/nowhere", "nothing", ""])
def test_what_is_not_there(program, path):
    answer = program.get(f"/api/v1/{path}")
    assert (answer.status_code, answer["Content-Type"], answer.json()["status"]) == (404, MEDIA_TYPE, 404)


def test_only_reading(program):
    answer = program.post("/api/v1/notices")
    assert (answer.status_code, answer["Allow"], answer["Content-Type"]) == (405, "GET, HEAD", MEDIA_TYPE)


def test_asking_for_the_head_alone(program):
    answer = program.head("/api/v1/notices")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(("failure", "status"), [(OperationalError("away"), 503), (RuntimeError("ours"), 500)])
def test_our_own_failures_are_problem_documents_too(program, monkeypatch, failure, status):
    def fail(*_args: object) -> None:
        raise failure

    monkeypatch.setattr(search, "find", fail)
    program.raise_request_exception = False
    answer = program.get("/api/v1/notices")
    assert (answer.status_code, answer["Content-Type"]) == (status, MEDIA_TYPE)
    assert "ours" not in answer.content.decode()
