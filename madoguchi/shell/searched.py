"""What a session remembers of a search that no address may say, such as one by a telephone number.

The words are sent by POST and kept in the session; the address that shows what was found says only that there was a
search (``?search=on``). Its pages stay links, and the plain address shows everything again.
"""

from django.http import HttpRequest, HttpResponseRedirect

LONGEST = 60
_SEARCHED = "searched"


def words(request: HttpRequest, place: str) -> str:
    """What was searched for last at ``place``, where the address asks for it; empty without a search."""
    last = request.session.get(_SEARCHED)
    return str(last[1]) if "search" in request.GET and last and last[0] == place else ""


def remember(request: HttpRequest, place: str) -> HttpResponseRedirect:
    """Keep what was sent as ``q`` (the first 60 characters; nothing ends the search) and lead to what is found."""
    text = request.POST.get("q", "").replace("\0", "").strip()[:LONGEST]
    request.session.pop(_SEARCHED, None)
    if not text:
        return HttpResponseRedirect(request.path)
    request.session[_SEARCHED] = [place, text]
    return HttpResponseRedirect(f"{request.path}?search=on")
