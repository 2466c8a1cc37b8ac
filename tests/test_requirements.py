"""The pinned packages: every one by exact version and hash, with no address to fetch it from."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


PEERS = ["tests/peers/requirements-calendar.txt", "tests/peers/requirements-spark.txt"]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", *PEERS])
def test_pins_have_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index-url" not in text
    joined = text.replace("\\\n", " ")
    pins = [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert pins
    for pin in pins:
        assert re.match(r"[A-Za-z0-9._\[\],-]+==\S+", pin), pin
        assert "--hash=sha256:" in pin, pin


def test_development_pins_the_same_versions() -> None:
    pins = [
        dict(re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)", (ROOT / name).read_text(), flags=re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    ]
    assert pins[0].items() <= pins[1].items()
