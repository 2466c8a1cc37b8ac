"""A browser and its device in words, out of the User-Agent it sends: ``iPhone の Safari``, ``Safari on iPhone``.

What a browser says of itself proves nothing; the words are for people who look through their own logins.
"""

from functools import lru_cache

from django.utils.translation import gettext as _
from ua_parser import parse

# Families of the parser that people know by another name.
_BROWSERS = {
    "Mobile Safari": "Safari",
    "Mobile Safari UI/WKWebView": "Safari",
    "Chrome Mobile": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Chrome Mobile WebView": "Chrome",
    "HeadlessChrome": "Chrome",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "Edge Mobile": "Edge",
    "IE": "Internet Explorer",
    "IE Mobile": "Internet Explorer",
}
_SYSTEMS = {"Mac OS X": "Mac", "Chrome OS": "Chromebook"}


def in_words(agent: str) -> str:
    """Browser and device in the reader's language; what cannot be told is left out, or said to be unknown."""
    browser, device = _parts(agent)
    if browser and device:
        return _("%(browser)s on %(device)s") % {"browser": browser, "device": device}
    return browser or device or _("Unknown device")


def is_handheld(agent: str) -> bool:
    return _parts(agent)[1] in {"iPhone", "iPad", "iPod", "Android"}


@lru_cache(maxsize=1024)
def _parts(agent: str) -> tuple[str, str]:
    """Browser and device, either of them empty where the header does not say."""
    found = parse(agent)
    browser = found.user_agent.family if found.user_agent else ""
    system = found.os.family if found.os else ""
    model = found.device.family if found.device else ""
    # An iPhone or iPad is known by its name, an Android phone by its system: nobody knows the number of their model.
    device = model if model in {"iPhone", "iPad", "iPod"} or not system else _SYSTEMS.get(system, system)
    return _BROWSERS.get(browser, browser), device
