"""``/console/tariffs/``: what becomes of an act whose draft was released, or changed, while the page was open."""

import re
from datetime import date
from html import unescape

import pytest
import time_machine

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests import people
from madoguchi.console.models import AuditEntry
from madoguchi.console.tariffs import draft, release, rule, upload
from madoguchi.console.tariffs.find import version_of
from madoguchi.statements.load_tariff import load_tariff
from madoguchi.statements.models import TariffRule, TariffVersion
from madoguchi.statements.tariffs import versions
from madoguchi.statements.tariffs.rules_csv import written

pytestmark = pytest.mark.django_db
RULE = {"prefix": "81312", "kind": "fixed", "price_yen": "4", "carried": "on"}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-11-22 10:00:00+09:00", tick=False):
        yield


@pytest.fixture
def billing(client):
    people.sign_in(client, people.staff(StaffRole.BILLING))
    return client


@pytest.fixture
def just_released(monkeypatch):
    """Released between the page's first look at it and its act."""
    for page in (draft, release, rule, upload):
        monkeypatch.setattr(page, "draft_of", version_of)
    return load_tariff()


@pytest.mark.parametrize(
    ("act", "sent", "status"),
    [
        ("rules/new/", RULE, 404),
        ("edit/", {"name": "other", "valid_from": "2027-04-01", "usage_kinds": "ip050"}, 404),
        ("remove/", {}, 404),
        ("release/", {"seen": "x"}, 302),
    ],
)
def test_what_was_released_meanwhile_stays(billing, just_released, act, sent, status):
    before = versions.fingerprint(just_released)
    assert billing.post(f"/console/tariffs/{just_released.pk}/{act}", sent).status_code == status
    assert versions.fingerprint(TariffVersion.objects.get(pk=just_released.pk)) == before
    assert not AuditEntry.objects.exists()


def test_a_file_is_not_taken_into_what_was_released_meanwhile(billing, just_released):
    sent = {
        "content": "".join(written(just_released.rules.all())),
        "seen": versions.fingerprint(just_released),
        "confirm": "1",
    }
    assert billing.post(f"/console/tariffs/{just_released.pk}/upload/", sent).status_code == 404
    assert just_released.rules.count() == 249


def test_of_two_who_add_a_rule_at_once_the_second_is_told(billing, monkeypatch):
    version = TariffVersion.objects.create(name="2027-04", usage_kinds=["ip050"], valid_from=date(2027, 4, 1))
    path = f"/console/tariffs/{version.pk}/rules/new/"
    assert billing.post(path, RULE).status_code == 302
    # The other's is stored between this one's check and its own storing.
    monkeypatch.setattr(rule.RuleForm, "_others", lambda form: TariffRule.objects.none())
    answer = billing.post(path, RULE)
    assert answer.status_code == 422
    assert "同じルール" in answer.content.decode()
    assert version.rules.count() == 1


@pytest.fixture
def draft_of_two(db):
    bands = [{"name": "night", "days": [0], "hours": [22]}, {"name": "day", "days": [1], "hours": [10]}]
    of = {"usage_kinds": ["ip050"], "valid_from": date(2027, 4, 1), "bands": bands}
    version = TariffVersion.objects.create(name="2027-04", **of)
    TariffRule.objects.create(version=version, prefix="81", kind="fixed", price=8000, block_seconds=180)
    return version


def seen_on(answer):
    found = re.search(r'name="seen" value="([^"]*)"', answer.content.decode())
    assert found
    return unescape(found[1])


FACTS = {"valid_from": "2027-04-01", "usage_kinds": "ip050"}


@pytest.mark.parametrize(
    "edits",
    [
        ("rules/{rule}/", {**RULE, "price_yen": "22"}, {**RULE, "price_yen": "11"}, "81312,,fixed,11,"),
        ("rules/{rule}/", {**RULE, "remove": "1"}, {**RULE, "price_yen": "11"}, "81312,,fixed,11,"),
        ("edit/", {"name": "mine", **FACTS}, {"name": "theirs", **FACTS}, "theirs / 1 Apr 2027 / 050 IP phone"),
        ("bands/1/", {"name": "a", "days": 1, "hours": 9}, {"name": "b", "days": 2, "hours": 9}, "b / Wed 9:00–10:00"),
        ("bands/1/", {"remove": "1"}, {"name": "b", "days": 2, "hours": 9}, "b / Wed 9:00–10:00"),
    ],
)
def test_who_saves_second_is_told_what_stands_and_may_replace_it(billing, draft_of_two, edits):
    page, mine, theirs, said = edits
    path = f"/en/console/tariffs/{draft_of_two.pk}/" + page.format(rule=draft_of_two.rules.get().pk)
    seen = seen_on(billing.get(path))
    assert billing.post(path, {**theirs, "seen": seen}).status_code == 302
    stored = versions.fingerprint(TariffVersion.objects.get(pk=draft_of_two.pk))

    answer = billing.post(path, {**mine, "seen": seen})
    assert answer.status_code == 422
    assert said in unescape(answer.content.decode())
    assert versions.fingerprint(TariffVersion.objects.get(pk=draft_of_two.pk)) == stored
    assert AuditEntry.objects.count() == 1

    assert billing.post(path, {**mine, "seen": seen_on(answer)}).status_code == 302
    assert versions.fingerprint(TariffVersion.objects.get(pk=draft_of_two.pk)) != stored


def test_a_time_band_added_meanwhile_is_kept(billing, draft_of_two):
    path = f"/en/console/tariffs/{draft_of_two.pk}/bands/"
    seen = seen_on(billing.get(f"{path}0/"))
    assert billing.post(f"{path}new/", {"name": "late", "days": 3, "hours": 23}).status_code == 302
    mine = {"name": "night", "days": 0, "hours": 21}
    told = billing.post(f"{path}0/", {**mine, "seen": seen})
    assert billing.post(f"{path}0/", {**mine, "seen": seen_on(told)}).status_code == 302
    draft_of_two.refresh_from_db()
    assert [(band["name"], band["hours"]) for band in draft_of_two.bands] == [
        ("night", [21]),
        ("day", [10]),
        ("late", [23]),
    ]
