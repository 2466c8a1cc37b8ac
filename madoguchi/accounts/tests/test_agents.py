import pytest
from django.utils import translation

from madoguchi.accounts.agents import in_words

APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0"
IPHONE = f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) {APPLE} Version/18.1 Mobile/15E148 Safari/604.1"


@pytest.mark.parametrize(
    ("agent", "english", "japanese"),
    [
        (IPHONE, "Safari on iPhone", "iPhone の Safari"),
        (
            f"Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) {APPLE} CriOS/119.0.6045.109 Mobile/15E148 Safari/604.1",
            "Chrome on iPad",
            "iPad の Chrome",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 14; Pixel 8) {CHROME} Mobile Safari/537.36",
            "Chrome on Android",
            "Android の Chrome",
        ),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/131.0.0.0",
            "Edge on Windows",
            "Windows の Edge",
        ),
        (
            f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {APPLE} Version/18.1 Safari/605.1.15",
            "Safari on Mac",
            "Mac の Safari",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
            "Firefox on Linux",
            "Linux の Firefox",
        ),
        ("DoCoMo/2.0 P07A3(c500;TB;W24H15)", "DoCoMo P07A3", "DoCoMo P07A3"),
        ("curl/8.5.0", "curl", "curl"),
        ("", "Unknown device", "不明な端末"),
        ("x" * 300, "Unknown device", "不明な端末"),
    ],
)
def test_a_browser_is_told_in_words(agent: str, english: str, japanese: str) -> None:
    with translation.override("en"):
        assert in_words(agent) == english
    with translation.override("ja"):
        assert in_words(agent) == japanese
