"""Posting one letter, and naming what fills it."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from madoguchi.delivery.models import Letter, Mailing
from madoguchi.delivery.post import post
from madoguchi.delivery.renderers import Draft, UnknownRenderer, register, render, slot
from madoguchi.lib.lanes import Lane
from madoguchi.lib.tokens import unseal

pytestmark = pytest.mark.django_db


def posted(**changes) -> Letter:
    return post(
        **{
            "renderer": "test.code",
            "reference": "7",
            "lane": Lane.CODES,
            "to": "alice@example.jp",
            "language": "ja",
            "expires_at": timezone.now() + timedelta(minutes=30),
            **changes,
        }
    )


def test_a_letter_waits_from_now_with_what_fills_it():
    letter = posted(personal={"name": "アリス"}, sealed={"token": "hidden-bit"})
    letter.refresh_from_db()
    assert letter.state == Letter.State.QUEUED
    assert letter.due_at <= timezone.now()
    assert letter.personal == {"name": "アリス"}
    assert letter.sealed is not None
    assert b"hidden-bit" not in bytes(letter.sealed)
    assert json.loads(unseal(letter.sealed)) == {"token": "hidden-bit"}
    assert letter.mailing.lane == Lane.CODES


def test_each_call_posts_another_letter_of_the_same_reference():
    posted()
    posted()
    assert Letter.objects.count() == Mailing.objects.count() == 2


def test_a_mailing_to_many_is_one_row_per_renderer_and_reference():
    values = {"renderer": "test.report", "reference": "3", "lane": Lane.WORK, "expires_at": timezone.now()}
    first, created = Mailing.objects.get_or_create(renderer="test.report", reference="3", single=False, defaults=values)
    again, created_again = Mailing.objects.get_or_create(
        renderer="test.report", reference="3", single=False, defaults=values
    )
    assert (first, created, created_again) == (again, True, False)


def test_rows_written_by_sql_need_four_columns_and_add_nothing_the_second_time():
    mailing = Mailing.objects.create(
        renderer="test.report", reference="4", lane=Lane.WORK, expires_at=timezone.now() + timedelta(days=1)
    )
    statement = """
        INSERT INTO delivery_letter (mailing_id, recipient_key, address, language)
        SELECT %s, n::text, n || '@example.jp', 'ja' FROM generate_series(1, 5) AS n
        ON CONFLICT (mailing_id, recipient_key) DO NOTHING
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, [mailing.pk])
        cursor.execute(statement, [mailing.pk])
    assert mailing.progress() == {"queued": 5}
    assert mailing.letters.get(recipient_key="5").personal == {}


def test_a_cancelled_mailing_skips_what_nobody_holds():
    mailing = posted().mailing
    Letter.objects.create(mailing=mailing, recipient_key="held-by-a-worker", address="b@example.jp", language="ja",
                          leased_until=timezone.now())  # fmt: skip
    assert mailing.cancel() == 1
    assert mailing.progress() == {"skipped": 1, "queued": 1}
    assert set(mailing.letters.values_list("reason", flat=True)) == {"cancelled", ""}


def test_pause_and_resume():
    mailing = posted().mailing
    mailing.pause()
    assert mailing.state == Mailing.State.PAUSED
    mailing.resume()
    assert mailing.state == Mailing.State.OPEN
    mailing.cancel()
    mailing.resume()
    assert mailing.state == Mailing.State.CANCELLED


def test_a_renderer_is_found_by_its_name():
    def renderer(reference: str, language: str, format: str) -> Draft:
        return Draft(subject=f"{reference} {language} {format}", text=slot("name"), html=None, sender="id@aoba.example")

    register("test.found", renderer)
    assert render("test.found", "9", "en", "short").subject == "9 en short"
    with pytest.raises(ValueError, match="already registered"):
        register("test.found", lambda *_: renderer("", "", ""))
    with pytest.raises(UnknownRenderer):
        render("test.nobody", "9", "en", "short")


@pytest.mark.parametrize("name", ["", "Name", "na me", "1st", "n\r\n"])
def test_a_slot_has_a_plain_name(name):
    with pytest.raises(ValueError, match="slot"):
        slot(name)
