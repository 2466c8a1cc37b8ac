"""What a call of the demo sounds like: recordings of the digits and of the sentences around them, joined with the
pauses a gateway makes.

Recordings, because a synthesiser for Japanese weighs a quarter of a gigabyte and the demo has to start anywhere. They
are telephone quality (8 kHz, 16 bits, one channel); ``voice/LICENSE.txt`` says where they come from and how they were
made.
"""

import io
import wave
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent / "voice"
RATE = 8000
_BYTES = 2
# A second after each word, as telephony asks of every gateway, and one before the first.
_PAUSE = bytes(RATE * _BYTES)
# The sentences of contracts/wording.py, as the demo's operator says them.
_SENTENCES = {
    "こちらはあおば通信です。認証番号をお伝えします。": "ja/greeting",
    "くり返します。": "ja/again",
    "この認証番号は、だれにも教えないでください。失礼いたします。": "ja/farewell",
    "This is Aoba Telecom, calling with your verification code.": "en/greeting",
    "Once more.": "en/again",
    "Never tell this code to anyone. Goodbye.": "en/farewell",
}


@dataclass(frozen=True, slots=True)
class Speech:
    """A WAV file, how long it sounds, and the lines nobody recorded, which are silent in it."""

    wav: bytes
    seconds: float
    unsaid: tuple[str, ...]


def speak(text: str, *, language: str) -> Speech:
    """``text`` read line by line in ``language`` (``ja``, ``en``), the digits of a line of digits one by one."""
    sound, unsaid = [_PAUSE], []
    for line in text.splitlines():
        names = _names(line, language)
        if not names:
            unsaid.append(line)
        sound += [piece for name in names for piece in (recording(name), _PAUSE)]
    pcm = b"".join(sound)
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(_BYTES)
        out.setframerate(RATE)
        out.writeframes(pcm)
    return Speech(file.getvalue(), len(pcm) / _BYTES / RATE, tuple(unsaid))


@cache
def recording(name: str) -> bytes:
    """The samples of ``ja/7`` and the like."""
    with wave.open(str(_FOLDER / f"{name}.wav")) as file:
        return bytes(file.readframes(file.getnframes()))


def _names(line: str, language: str) -> list[str]:
    digits = [char for char in line if char.isascii() and char.isdigit()]
    if digits and not any(char.isalpha() for char in line):
        return [f"{'en' if language == 'en' else 'ja'}/{digit}" for digit in digits]
    return [_SENTENCES[line]] if line in _SENTENCES else []
