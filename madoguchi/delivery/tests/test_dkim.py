"""Signatures of our own, checked by dkimpy, which shares no line with what made them."""

import re
from io import StringIO
from pathlib import Path

import dkim as dkimpy
import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from madoguchi.delivery import checks, dkim
from madoguchi.delivery.compose import compose
from madoguchi.delivery.dkim import WrongKey
from madoguchi.delivery.renderers import Draft
from madoguchi.delivery.tests.conftest import notice
from madoguchi.delivery.tests.test_compose import LETTER, opened


@pytest.fixture(params=["rsa", "ed25519"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def published(kind: str, tmp_path: Path) -> str:
    """A key made by the command; what it says to publish."""
    return _published(kind, tmp_path)


def _published(kind: str, folder: Path) -> str:
    said = StringIO()
    call_command("dkim_key", str(folder / f"{kind}.pem"), selector=kind, kind=kind, stdout=said, stderr=StringIO())
    return said.getvalue()


def _dns(*records: str):
    """What DNS answers once the ``records`` are in the zone."""
    zone = {line.split(" ")[0]: "".join(re.findall(r'"([^"]*)"', line)).encode() for line in records}
    return lambda name, timeout=5: zone.get(name.decode())


def _signed(draft: Draft, folder: Path, *kinds: str, **values: str) -> bytes:
    keys = {kind: str(folder / f"{kind}.pem") for kind in kinds}
    with override_settings(DKIM_KEYS=keys, DKIM_DOMAIN="aoba.example"):
        composed = compose(draft, language="ja", feedback_id="1:test:madoguchi:aobaexample")
        return composed.splice({**LETTER, **values})


@pytest.mark.parametrize("format", ["full", "short"])
@pytest.mark.parametrize("name", ["花子", "Alice & Bob", "あ" * 200])
def test_what_we_sign_others_believe(kind: str, published: str, tmp_path: Path, format: str, name: str):
    raw = _signed(notice("1", "ja", format), tmp_path, kind, name=name, token="a-b_c")
    assert opened(raw)["DKIM-Signature"]
    assert dkimpy.verify(raw, dnsfunc=_dns(published))


@pytest.mark.parametrize("text", ["", "x", "x\n\n\n", "\n", ". \n"])
def test_however_a_body_ends(kind: str, published: str, tmp_path: Path, text: str):
    raw = _signed(Draft(subject="s  s", text=text, html=None, sender="notice@aoba.example"), tmp_path, kind)
    assert dkimpy.verify(raw, dnsfunc=_dns(published))


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b"Subject: ", b"Subject: x"),
        (b"List-Unsubscribe: <https://", b"List-Unsubscribe: <http://"),
        (b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", b""),
        (b"MIME-Version", b"From: <mallory@example.com>\r\nMIME-Version"),
        (b"MIME-Version", b"Reply-To: <mallory@example.com>\r\nMIME-Version"),
        (b"To: <", b"To: <x"),
        (b"base64\r\n\r\n", b"base64\r\n\r\nAAAA\r\n"),
    ],
)
def test_what_is_changed_on_the_way_is_noticed(kind: str, published: str, tmp_path: Path, was: bytes, becomes: bytes):
    raw = _signed(notice("1", "en", "full"), tmp_path, kind, name="Alice", token="t" * 40)
    assert was in raw
    assert not dkimpy.verify(raw.replace(was, becomes, 1), dnsfunc=_dns(published))


def test_a_relay_may_fold_headers_anew_and_a_list_may_add_its_own(kind: str, published: str, tmp_path: Path):
    raw = _signed(notice("1", "en", "full"), tmp_path, kind, name="Alice", token="t")
    folded = raw.replace(b"Subject: [Trouble] ", b"Subject:   [Trouble]\r\n\t ").replace(b"To: <", b"to: <")
    assert folded != raw
    assert dkimpy.verify(b"Received: by a relay\r\nList-Id: <team.example.jp>\r\n" + folded, dnsfunc=_dns(published))


def test_two_keys_sign_side_by_side(tmp_path: Path):
    records = [_published(kind, tmp_path) for kind in ("rsa", "ed25519")]
    raw = _signed(notice("1", "ja", "full"), tmp_path, "rsa", "ed25519", name="花子", token="t")
    assert raw.count(b"DKIM-Signature: ") == 2
    for which in (0, 1):
        assert dkimpy.DKIM(raw).verify(idx=which, dnsfunc=_dns(*records))


def test_without_a_key_the_relay_signs(tmp_path: Path):
    assert "DKIM-Signature" not in opened(_signed(notice("1", "ja", "full"), tmp_path, name="花子", token="t"))


def test_the_command_keeps_a_key_that_is_there(tmp_path: Path):
    _published("rsa", tmp_path)
    before = (tmp_path / "rsa.pem").read_bytes()
    with pytest.raises(CommandError, match="File exists"):
        _published("rsa", tmp_path)
    assert (tmp_path / "rsa.pem").read_bytes() == before
    assert (tmp_path / "rsa.pem").stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_no_key_is_named_and_not_shown():
    with pytest.raises(WrongKey) as caught:
        dkim.key("s", b"-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----", name="/keys/a.pem")
    assert "/keys/a.pem" in str(caught.value)
    assert "c2VjcmV0" not in str(caught.value)


def test_a_key_that_cannot_be_read_is_told_at_the_start(tmp_path: Path):
    assert checks.keys_can_be_read(None) == []
    with override_settings(DKIM_KEYS={"s": str(tmp_path / "none.pem")}):
        [said] = checks.keys_can_be_read(None)
    assert said.id == "delivery.E001"
    assert "none.pem" in said.msg
