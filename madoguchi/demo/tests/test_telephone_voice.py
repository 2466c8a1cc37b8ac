"""What a call sounds like: every line is recorded, the digits are said one by one, slowly and twice."""

import array
import io
import math
import wave
from pathlib import Path

import pytest
from django.test import Client

from madoguchi.contracts import wording
from madoguchi.demo.telephone.store import Store
from madoguchi.demo.telephone.voice import RATE, recording, speak


def samples(pcm: bytes) -> array.array:
    return array.array("h", pcm)


def loudness(pcm: bytes) -> float:
    """Root mean square of 16-bit samples, out of 32768."""
    heard = samples(pcm)
    return math.sqrt(sum(value * value for value in heard) / len(heard))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_line_of_a_call_is_recorded(language: str) -> None:
    speech = speak(wording.spoken("0123456789"[:6], language=language), language=language)
    assert speech.unsaid == ()
    # Twelve digits with a second of silence after each, and four sentences.
    assert 20 < speech.seconds < 45


@pytest.mark.parametrize("language", ["ja", "en"])
def test_digits_are_said_one_by_one_slowly_and_twice(language: str) -> None:
    text = wording.spoken("482910", language=language)
    with wave.open(io.BytesIO(speak(text, language=language).wav)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        pcm = file.readframes(file.getnframes())
    for digit in "482910":
        said = recording(f"{language}/{digit}")
        first = pcm.find(said)
        second = pcm.find(said, first + 1)
        assert 0 < first < second
        for at in (first, second):
            silence = pcm[at + len(said) : at + len(said) + RATE * 2]
            assert silence == bytes(len(silence))
    assert [pcm.find(recording(f"{language}/{digit}")) for digit in "4829"] == sorted(
        pcm.find(recording(f"{language}/{digit}")) for digit in "4829"
    )


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("name", [*"0123456789", "greeting", "again", "farewell"])
def test_a_recording_is_heard(language: str, name: str) -> None:
    pcm = recording(f"{language}/{name}")
    assert 0.25 < len(pcm) / 2 / RATE < 7
    assert loudness(pcm) > 1500
    assert max(abs(value) for value in samples(pcm)) < 32767  # not clipped


def test_no_two_digits_sound_alike() -> None:
    for language in ("ja", "en"):
        assert len({recording(f"{language}/{digit}") for digit in "0123456789"}) == 10


def test_a_line_nobody_recorded_is_named() -> None:
    speech = speak("はじめまして。\n1、2。", language="ja")
    assert speech.unsaid == ("はじめまして。",)


def test_the_page_plays_a_call_and_nothing_else(client: Client, tmp_path: Path, settings) -> None:
    settings.VAR = tmp_path
    store = Store(tmp_path / "demo")
    text = wording.spoken("482910", language="ja")
    called = store.add(channel="voice", caller="+81312345678", number="+81300000003", text=text, language="ja")
    texted = store.add(channel="sms", caller="+81312345678", number="+81300000003", text="482910")
    page = client.get("/demo/telephone/")
    assert f'src="/demo/telephone/calls/{called}.wav"' in page.text
    assert "media-src 'self'" in page["Content-Security-Policy"]
    sound = client.get(f"/demo/telephone/calls/{called}.wav")
    assert sound["Content-Type"] == "audio/wav"
    with wave.open(io.BytesIO(sound.content)) as file:
        assert file.getnframes() / RATE > 20
    for none in (texted, 99):
        assert client.get(f"/demo/telephone/calls/{none}.wav").status_code == 404
