"""Jobs that release the same addresses at once, and one that dies in the middle: real transactions, real threads."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.db.models import QuerySet

from madoguchi.delivery.models import Letter, Mailing
from madoguchi.notices import audience, digest
from madoguchi.notices.tests import make
from madoguchi.notices.tests.make import NOW

pytestmark = pytest.mark.django_db(transaction=True)

OPENS = NOW.replace(hour=20, minute=0)
PEOPLE = 8
JOBS = 3


@pytest.fixture
def held():
    """Two held letters each."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")
    service = make.service()
    for number in range(PEOPLE):
        person = make.account(f"p{number}")
        make.follows(person, service)
        make.reads(person, hours=1 << 20, outside="hold")
    for draft in (make.trouble, make.work):
        draft(service).publish(by=None, at=NOW)
    for mailing in Mailing.objects.all():
        audience.write_letters(mailing_id=mailing.pk)


def _assert_each_got_one_digest_of_two():
    letters = list(Letter.objects.select_related("mailing"))
    digests = {letter.pk: letter for letter in letters if letter.mailing.renderer == digest.RENDERER}
    carried = [letter for letter in letters if letter.pk not in digests]
    assert Counter(letter.recipient_key for letter in digests.values()) == Counter(
        {letter.recipient_key: 1 for letter in carried}
    )
    assert len(carried) == 2 * PEOPLE
    for letter in carried:
        assert (letter.state, letter.reason) == ("skipped", "digest")
        assert digests[letter.personal["digest"]].recipient_key == letter.recipient_key


def test_jobs_that_race_make_one_digest_for_each(held):
    together = Barrier(JOBS)

    def job(_number: int) -> int:
        try:
            together.wait(10)
            return digest.release_held(at=OPENS, batch=2)
        finally:
            connection.close()

    with ThreadPoolExecutor(JOBS) as threads:
        assert sum(threads.map(job, range(JOBS))) == 2 * PEOPLE
    _assert_each_got_one_digest_of_two()


@pytest.mark.parametrize("dies_at", [1, 2, 3])
def test_a_job_that_dies_leaves_nothing_half_done(held, monkeypatch, dies_at):
    calls = 0
    update = QuerySet.bulk_update

    def dying(*args, **kwargs):
        nonlocal calls
        calls += 1
        if calls == dies_at:
            raise ConnectionError("killed")
        return update(*args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(QuerySet, "bulk_update", dying)
        with pytest.raises(ConnectionError):
            digest.release_held(at=OPENS, batch=3)
    left = Letter.objects.filter(state="held").count()
    assert left == 2 * PEOPLE - 6 * (dies_at - 1)
    assert Letter.objects.filter(mailing__renderer=digest.RENDERER).count() == 3 * (dies_at - 1)
    assert digest.release_held(at=OPENS) == left
    _assert_each_got_one_digest_of_two()
