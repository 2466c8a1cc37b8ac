"""``/console/tariffs/compare/``: asked for once, worked out by a worker, kept for everybody of the staff."""

import re
import uuid
from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone, translation
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests import people
from madoguchi.console.models import AuditEntry
from madoguchi.contracts.tests.household import household
from madoguchi.statements import jobs
from madoguchi.statements.closing import keeping
from madoguchi.statements.import_calls import CallFile, import_calls
from madoguchi.statements.load_tariff import load_tariff
from madoguchi.statements.models import BillingMonth, Call, ComparedContract, TariffComparison, TariffVersion
from madoguchi.statements.tariffs import comparing
from madoguchi.statements.tariffs.versions import copy_rules

pytestmark = pytest.mark.django_db
COMPARE = "/console/tariffs/compare/"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-11-22 10:00:00+09:00", tick=False):
        yield


@pytest.fixture
def sample(db):
    return load_tariff()


@pytest.fixture
def asked(sample, tmp_path):
    """What the form sends for a month with two calls, to a fixed line and to a mobile."""
    household(holder=people.alice())
    keeping.open_ahead(now=timezone.now())
    rows = []
    for ordinal, number in enumerate(["0312345678", "09012345678"]):
        cells = ["", "05000000101", number, "x", "", "a", "b", "Dial", ""]
        cells += ["2026-10-03 10:00:00", "2026-10-03 10:00:00", "2026-10-03 10:03:10", "190", "181", "ANSWERED"]
        rows.append(",".join([*cells, "3", f"1790000000.{ordinal}", ""]))
    path = tmp_path / "calls.csv"
    path.write_text("\n".join(rows) + "\n")
    assert import_calls(CallFile(path, "asterisk", "test"), now=timezone.now(), commit=True).stored == 2
    second = TariffVersion.objects.create(name="次", usage_kinds=["ip050"], valid_from=date(2027, 4, 1))
    copy_rules(second, sample)
    second.rules.filter(prefix="81").update(price=8500)
    return {"first": sample.pk, "second": second.pk, "month": "2026-10"}


@pytest.fixture
def billing(client, sample):
    people.sign_in(client, people.staff(StaffRole.BILLING))
    return client


def work():
    """What the workers would do."""
    for job in ProcrastinateJob.objects.filter(task_name="statements.compare_versions").order_by("pk"):
        jobs.compare_versions(**job.args)


def text(answer, status=200):
    assert answer.status_code == status, answer
    once = re.sub(r"<span class=\"stacked__label\".*?</span>", "", answer.content.decode())  # what a head says too
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", once))


def key_of(answer):
    """Of the form on a page."""
    found = re.search(r'name="key" value="([0-9a-f-]+)"', answer.content.decode())
    assert found
    return found[1]


def test_a_month_is_compared_by_a_worker_and_kept(billing, asked):
    where = billing.post(COMPARE, asked)["Location"]
    row = TariffComparison.objects.get()
    assert where == f"{COMPARE}{row.pk}/"
    answer = billing.get(where)
    assert "計算待ち" in text(answer)
    assert b'http-equiv="refresh"' in answer.content
    assert b"hx-get" in answer.content
    assert "計算待ち" in text(billing.get(COMPARE))
    stored = list(Call.objects.order_by("pk").values())

    work()
    answer = billing.get(where)
    assert b'http-equiv="refresh"' not in answer.content
    said = text(answer)
    for words in (
        "計算済み",
        "+¥1",
        "¥80",
        "¥81",
        "C100000001",
        "固定電話",
        "1契約のうち、1契約が高くなり、0契約が安く",
    ):
        assert words in said
    assert "安くなる契約" not in said
    assert list(Call.objects.order_by("pk").values()) == stored
    answer = billing.get(f"{where}contracts.csv")
    assert b"".join(answer.streaming_content).decode("utf-8-sig").splitlines() == [
        "contract,calls,before_yen,after_yen,difference_yen,calls_changed",
        "C100000001,2,80,81,1,1",
    ]
    entry = AuditEntry.objects.get(act="tariff.compare")
    assert (entry.object_key, entry.detail["month"]) == (str(row.pk), "2026-10")


def test_versions_are_chosen_from_a_list_that_says_so(billing, asked):
    offered = billing.get(COMPARE).content.decode()
    assert offered.count('<option value="" selected>選択してください</option>') == 2
    assert "---" not in text(billing.get(COMPARE))


def test_a_colleague_finds_it_and_may_not_ask(client, billing, asked):
    where = billing.post(COMPARE, asked)["Location"]
    work()
    people.sign_in(client, people.staff(StaffRole.VIEWER))
    said = text(client.get(f"/en{COMPARE}"))
    assert "見本 2022-01 → 次 2026-10 Worked out +¥1" in said
    assert "Version before" not in said
    said = text(client.get(f"/en{where}"))
    assert "1 contract with calls: 1 would pay more, 0 less." in said
    assert "Work it out again" not in said
    assert client.post(COMPARE, asked).status_code == 403
    assert client.post(f"{where}again/").status_code == 403
    assert TariffComparison.objects.count() == 1


def test_a_second_press_begins_nothing(billing, asked):
    key = key_of(billing.get(COMPARE))
    first = billing.post(COMPARE, asked | {"key": key})["Location"]
    # The same press once more, and a colleague's own for what is under way already.
    assert billing.post(COMPARE, asked | {"key": key})["Location"] == first
    assert billing.post(COMPARE, asked | {"key": uuid.uuid4()})["Location"] == first
    work()
    assert billing.post(COMPARE, asked | {"key": key})["Location"] == first
    assert TariffComparison.objects.count() == 1
    assert ProcrastinateJob.objects.filter(task_name="statements.compare_versions").count() == 1
    assert AuditEntry.objects.filter(act="tariff.compare").count() == 1
    # Another month by the same form, sent after going back, is another question.
    assert billing.post(COMPARE, asked | {"key": key, "month": "2026-11"})["Location"] != first


def test_it_is_worked_out_again_after_a_change(billing, asked):
    where = billing.post(COMPARE, asked)["Location"]
    work()
    assert "変更されています" not in text(billing.get(where))
    TariffVersion.objects.get(pk=asked["second"]).rules.filter(prefix="8190").update(price=10_000)
    page = billing.get(where)
    assert "「次」は、この比較の後に変更されています" in text(page)
    key = key_of(page)
    later = billing.post(f"{where}again/", {"key": key})["Location"]
    assert later == billing.post(f"{where}again/", {"key": key})["Location"] != where
    work()
    assert "1契約のうち、0契約が高くなり、1契約が安く" in text(billing.get(later))
    assert "高くなる契約（" not in text(billing.get(later))
    assert "+¥1" in text(billing.get(where))
    # A draft that is thrown away leaves its result, and nothing to ask again.
    TariffVersion.objects.get(pk=asked["second"]).delete()
    said = text(billing.get(later))
    assert "後に破棄されました" in said
    assert "もう一度計算する" not in said
    assert billing.post(f"{later}again/").status_code == 302
    assert TariffComparison.objects.count() == 2


def test_progress_is_told(billing, asked):
    where = billing.post(COMPARE, asked)["Location"]
    TariffComparison.objects.update(state="working", calls_in_all=2000, calls_done=500, tries=2, told_at=timezone.now())
    answer = billing.get(f"/en{where}progress/")
    said = text(answer)
    for words in ("500 of 2,000 calls (25 %)", "It was interrupted and began anew", "last heard of at"):
        assert words in said
    assert "HX-Refresh" not in answer.headers
    later = billing.post(COMPARE, asked | {"month": "2026-11"})["Location"]
    assert "1 comparison is before this one" in text(billing.get(f"/en{later}"))
    work()
    assert billing.get(f"{where}progress/").headers["HX-Refresh"] == "true"


def test_a_month_without_calls_says_so(billing, asked):
    where = billing.post(COMPARE, asked | {"month": "2026-11"})["Location"]
    work()
    said = text(billing.get(where))
    assert "この月の通話はありません" in said
    assert "CSV" not in said


@pytest.mark.parametrize("reason", ["gone", "wrong_tariff", "dropped", "interrupted"])
def test_a_failure_is_told_in_words(billing, asked, reason):
    where = billing.post(COMPARE, asked)["Location"]
    second = TariffVersion.objects.get(pk=asked["second"])
    if reason == "gone":
        second.delete()
    elif reason == "wrong_tariff":
        second.rules.filter(prefix="81").update(band="深夜")
    elif reason == "dropped":
        BillingMonth.objects.create(month=date(2026, 10, 1), dropped_at=timezone.now())
    else:
        TariffComparison.objects.update(state="working", tries=3)
    work()
    row = TariffComparison.objects.get()
    assert (row.state, row.reason) == ("failed", reason)
    said = text(billing.get(where))
    assert "計算できません" in said
    with translation.override("en"):
        assert (comparing.REASONS[reason] % {"value": "次"}) in text(billing.get(f"/en{where}"))
    assert billing.get(f"{where}contracts.csv").status_code == 404
    assert ("もう一度計算する" in said) == (reason != "gone")
    assert not ComparedContract.objects.exists()


def test_what_a_dead_worker_left_is_taken_up(billing, asked):
    billing.post(COMPARE, asked)
    ProcrastinateJob.objects.all().delete()
    TariffComparison.objects.update(state="working", tries=1)
    jobs.take_up_comparisons(0)
    jobs.take_up_comparisons(0)
    assert ProcrastinateJob.objects.count() == 1
    work()
    assert TariffComparison.objects.get().state == "done"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"first": "", "second": ""}, "版を選んでください。"),
        ({"second": "x"}, "正しく選択してください"),
        ({"month": "2026-13"}, "2026-13"),
        ({"month": ""}, "月を選んでください。"),
        ({"same": "1"}, "変更前とは別の版を選んでください。"),
    ],
)
def test_what_cannot_be_compared_is_said(billing, asked, changed, words):
    if changed.pop("same", None):
        changed["second"] = asked["first"]
    assert words in text(billing.post(COMPARE, asked | changed), 422)
    assert not TariffComparison.objects.exists()
    assert b"selected" in billing.get(f"{COMPARE}?second={asked['second']}").content
    assert billing.get(f"{COMPARE}?second=%00x").status_code == 200


def test_results_have_their_time(billing, asked, settings):
    where = billing.post(COMPARE, asked)["Location"]
    work()
    late = timezone.now() + timedelta(days=settings.COMPARISON_DAYS)
    assert comparing.forget_old(now=late) == 0
    jobs.forget_comparisons(int((late + timedelta(minutes=1)).timestamp()))
    assert not TariffComparison.objects.exists()
    assert not ComparedContract.objects.exists()
    assert billing.get(where).status_code == 404
