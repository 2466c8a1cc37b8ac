"""“What would this call cost” answers what the importer stores for the same call, and says why."""

from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from madoguchi.contracts.models import Customer
from madoguchi.contracts.tests.household import contract
from madoguchi.statements.import_calls import CallFile, import_calls
from madoguchi.statements.load_tariff import load_tariff
from madoguchi.statements.models import Call, TariffRule, TariffVersion
from madoguchi.statements.tariffs.explain import explain
from madoguchi.statements.tariffs.price_call import price_call

pytestmark = pytest.mark.django_db
AT = datetime.fromisoformat("2026-10-03T22:30+09:00")
CALLED = [
    "0312345678",
    "09012345678",
    "05000011234",
    "05000901234",
    "0570001234",
    "117",
    "104",
    "010442079460999",
    "1860112345678",
]


def ours():
    customer = Customer.objects.create(number="N000000018")
    contract(customer, "C000000001", held=("+815012345678",))


def take_in(folder, called, talk):
    rows = []
    for ordinal, number in enumerate(called):
        start, end = AT, AT + timedelta(seconds=talk + 5)
        times = [f"{moment:%Y-%m-%d %H:%M:%S}" for moment in (start, start, end)]
        cells = ["", "05012345678", number, "x", "", "a", "b", "Dial", "", *times, str(talk + 5), str(talk), "ANSWERED"]
        rows.append(",".join([*cells, "3", f"1790000000.{ordinal}", ""]))
    path = folder / "calls.csv"
    path.write_text("\n".join(rows) + "\n")
    outcome = import_calls(CallFile(path, "asterisk", "test"), now=AT + timedelta(days=1), commit=True)
    assert not outcome.problems


def test_it_is_what_the_importer_stores(tmp_path):
    load_tariff()
    ours()
    take_in(tmp_path, CALLED, 181)
    fields = ("tariff", "prefix", "kind", "blocks", "block_seconds", "price", "setup", "charge", "tax", "carried")
    stored = {call.call_id: call for call in Call.objects.all()}
    assert len(stored) == len(CALLED)
    for ordinal, number in enumerate(CALLED):
        call = stored[f"1790000000.{ordinal}"]
        price = price_call(number, usage_kind="ip050", at=AT, talk_seconds=181)
        assert {name: getattr(price, name) for name in fields} == {name: getattr(call, name) for name in fields}
        assert price.called.e164 == call.other


def test_every_step_is_explained():
    load_tariff()
    price = price_call("0312345678", usage_kind="ip050", at=AT, talk_seconds=181)
    with translation.override("en"):
        assert dict(explain(price)) == {
            "Called": "03-1234-5678 Tokyo",
            "Tariff": "見本 2022-01",
            "Prefix": "81",
            "Class": "Fixed line",
            "Carried by": "us",
            "Talk": "3 min 1 s",
            "Billed": "2 × 3 min = 6 min",
            "For the talk": "2 × ¥8 = ¥16",
            "Charge": "¥16 before tax",
            "Tax class": "10 %, added to the bill as a whole",
        }


def test_a_draft_is_asked_by_name_whatever_its_day_with_its_bands():
    draft = TariffVersion.objects.create(
        name="次",
        usage_kinds=["ip050"],
        valid_from=date(2030, 1, 1),
        bands=[{"name": "night", "days": [5, 6, 7], "hours": [22, 23]}],
    )
    TariffRule.objects.create(version=draft, prefix="81", kind="fixed", price=8000, block_seconds=180)
    TariffRule.objects.create(
        version=draft, prefix="81", kind="fixed", price=4500, block_seconds=180, free_seconds=60, band="night"
    )
    assert price_call("0312345678", usage_kind="ip050", at=AT, talk_seconds=60).tariff == ""
    by_night = price_call("0312345678", usage_kind="ip050", at=AT, talk_seconds=241, version=draft)
    by_day = price_call("0312345678", usage_kind="ip050", at=AT - timedelta(hours=9), talk_seconds=241, version=draft)
    assert (by_night.band, by_night.charge, by_night.blocks) == ("night", 9000, 2)
    assert by_day.rule
    assert (by_day.band, by_day.charge, by_day.rule.free_seconds) == ("", 16000, 0)
    with translation.override("en"):
        said = dict(explain(by_night))
        assert (said["Time band"], said["Free at the beginning"]) == ("night", "1 min")


def command(*arguments, **options):
    out = StringIO()
    call_command("price_call", *arguments, stdout=out, **options)
    return out.getvalue()


def test_the_command_says_the_same():
    load_tariff()
    said = command("010442079460999", kind="ip050", seconds=61, at="2026-10-03T22:30")
    assert "For the talk: 2 × ¥20 = ¥40" in said
    assert "Tax class: Outside the tax base" in said
    assert "消費税の対象外" in command("010442079460999", language="ja")
    assert "他社" in command("0570001234", language="ja")
    assert "No tariff is in force" in command("0312345678", at="2021-12-31T23:59")


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        (["x"], {}, "is not a telephone number"),
        (["03"], {}, "too few or too many digits"),
        (["0312345678"], {"seconds": -1}, "from 0 to"),
        (["0312345678"], {"at": "today"}, "is not a moment"),
        (["0312345678"], {"tariff": "nobody's"}, "no version is called"),
    ],
)
def test_what_cannot_be_asked_is_a_sentence(arguments, options, words):
    with pytest.raises(CommandError, match=words):
        command(*arguments, **options)
