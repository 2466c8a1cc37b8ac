"""Lists of contract numbers as they come: pasted, from spreadsheets of every encoding, damaged, endless."""

import pytest

from madoguchi.contracts.models import Contract, Customer
from madoguchi.notices import affected
from madoguchi.notices.affected import read
from madoguchi.notices.tests import make

pytestmark = pytest.mark.django_db
TWO = ("C100000001", "C100000002")


@pytest.mark.parametrize(
    "pasted",
    [
        "C100000001\nC100000002",
        "C100000001\r\n\r\nC100000002\r\n",
        "C100000001, C100000002",
        "C100000001、C100000002　",
        "C100000001\tC100000002;C100000001",
        '"C100000001"\n"C100000002"',
        "\ufeffC100000001 C100000002",
        "契約番号\nC100000001\nC100000002\n",
        "契約番号,お客さま名\nC100000001,あおば 花子\nC100000002,\n",
        "名義\t契約番号\nあおば\tC100000001\nみどり\tC100000002",
        'Name;"Contract_Number"\n"Aoba; Hanako";C100000001\nMidori;C100000002\n',
    ],
)
def test_pasted(pasted):
    found = read(pasted)
    assert (found.numbers, found.problems) == (TWO, ())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932"])
@pytest.mark.parametrize("text", ["契約番号,名義\r\nC100000001,髙橋商店\r\nC100000002,①\r\n", "C100000001\nC100000002"])
def test_files_of_every_encoding(text, encoding):
    found = read(text.encode(encoding))
    assert (found.numbers, found.problems) == (TWO, ())


def test_a_file_that_is_no_text_is_refused_in_words():
    for given in (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xff", b"\xff\xfe\x00", b"\x81\x20\xfd\xff\xfe"):
        found = read(given)
        assert found.numbers == ()
        assert found.problems


def test_what_is_wrong_is_named_with_its_line():
    found = read("契約番号,名義\nC100000001,あおば\n5.41144E+11,みどり\n,そら\n未定,うみ\n")
    assert found.numbers == ("C100000001",)
    assert [line for line, _ in found.problems] == [3, 5]
    assert found.problems[0][1].startswith("表計算ソフトで番号が「5.41144E+11」に変わっています。")
    assert found.problems[1][1] == "「未定」は契約番号ではありません。"


def test_what_no_page_can_show_is_not_shown():
    found = read("C100000001\nC1\0000\n" + "X" * 5000)
    assert found.numbers == ("C100000001",)
    assert found.problems[0] == (2, "「C1�0」は契約番号ではありません。")
    assert len(found.problems[1][1]) < 60


def test_unknown_numbers_are_listed_and_kept():
    customer = Customer.objects.create(number="N100000001", name="あおば", name_kana="アオバ")
    Contract.objects.create(
        number="C100000001",
        customer=customer,
        service=make.service(),
        usage_kind="internet",
        contact_phone="+81312340000",
        started_on="2020-01-01",
    )
    found = read("C100000001 C100000002")
    assert (found.numbers, found.unknown) == (TWO, ("C100000002",))


def test_a_hundred_thousand_and_not_one_more():
    numbers = [f"C{n:09d}" for n in range(affected.MOST)]
    found = read("\n".join([*numbers, *numbers[:10]]))
    assert (len(found.numbers), found.problems) == (affected.MOST, ())
    found = read("\n".join([*numbers, "X1"]))
    assert len(found.numbers) == affected.MOST
    assert found.problems == ((affected.MOST + 1, "番号は100,000件までです。"),)


def test_a_flood_is_not_read():
    assert read("9" * (affected.MOST_BYTES + 1)).problems[0][0] == 0
