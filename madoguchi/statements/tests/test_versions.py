"""The life of a version: what is released is what was seen, and what rated a call never changes."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from madoguchi.statements.book import Book
from madoguchi.statements.load_tariff import load_tariff
from madoguchi.statements.models import TariffVersion
from madoguchi.statements.rating import Rule
from madoguchi.statements.tariffs import versions
from madoguchi.statements.tariffs.rules_csv import Row
from madoguchi.statements.tariffs.versions import State

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


def draft(sample, name="次", valid_from=date(2027, 4, 1)):
    version = TariffVersion.objects.create(name=name, usage_kinds=sample.usage_kinds, valid_from=valid_from)
    versions.copy_rules(version, sample)
    return version


def release(version):
    versions.release(version, now=timezone.now(), seen=versions.fingerprint(version))


def test_states_follow_the_days_and_the_kinds_of_contract():
    sample = load_tariff()
    coming, replacing, partly = draft(sample), draft(sample, "a", TODAY), draft(sample, "b", TODAY - timedelta(days=9))
    partly.usage_kinds = ["optical"]
    partly.save()
    everything = [sample, coming, replacing, partly]

    def now():
        return [versions.states(TariffVersion.objects.all(), TODAY)[version.pk] for version in everything]

    assert now() == [State.IN_FORCE, State.DRAFT, State.DRAFT, State.DRAFT]
    release(coming)
    release(partly)
    assert now() == [State.IN_FORCE, State.COMING, State.DRAFT, State.IN_FORCE]
    release(replacing)
    assert now() == [State.PAST, State.COMING, State.IN_FORCE, State.PAST]


def test_a_draft_rates_nothing_until_it_is_released():
    version = draft(load_tariff())
    assert len(Book.of_today().tables["ip050"]) == 1
    release(version)
    assert len(Book.of_today().tables["ip050"]) == 2
    with pytest.raises(versions.Frozen):
        versions.replace_rules(version, [Row(2, Rule("81", "fixed"))])
    with pytest.raises(versions.Frozen):
        release(version)
    versions.take_back(version)
    assert len(Book.of_today().tables["ip050"]) == 1


def test_only_what_was_seen_is_released():
    version = draft(load_tariff())
    seen = versions.fingerprint(version)
    version.rules.filter(prefix="81").update(price=1)
    with pytest.raises(versions.Changed):
        versions.release(version, now=timezone.now(), seen=seen)
    version.refresh_from_db()
    assert version.is_draft


def test_errors_forbid_the_release():
    sample = load_tariff()
    version = draft(sample, valid_from=sample.valid_from)
    with pytest.raises(versions.NotReady, match="同じ日に始まる版「見本"):
        release(version)
    version.valid_from = date(2027, 4, 1)
    version.save()
    version.rules.all().delete()
    with pytest.raises(versions.NotReady):
        release(version)
