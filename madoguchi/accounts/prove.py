"""Proving it again: what a page asks for that needs more, or fresher, proof than the sign-in has.

What was wanted is kept in the session, sealed, while ``/id/prove/`` asks; a form that was sent is carried out
afterwards as if it had only just been sent, so nobody types it twice.
"""

import json
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse

from madoguchi.accounts import assurance, sessions
from madoguchi.accounts.assurance import Level
from madoguchi.accounts.events import record
from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.lib.tokens import BrokenSeal, seal, unseal

_KEY = "to_prove"
# How long what was wanted waits for the proof.
WAITS_SECONDS = 900
# Of a form kept meanwhile, in characters: longer ones are to be sent again.
LONGEST_FORM = 64_000


@dataclass(frozen=True, slots=True)
class Need:
    """A rung of the ladder, and how fresh the proof that reaches it must be."""

    level: Level
    max_age: timedelta | None = None

    def met(self, request: HttpRequest) -> bool:
        return assurance.standing(sessions.current(request)).meets(self.level, max_age=self.max_age)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What waits for a proof: a path of this site, and the form sent to it, if one was."""

    account: int
    path: str
    need: Need
    form: str | None


def ask(request: HttpRequest, need: Need) -> HttpResponse:
    """Keep what ``request`` wants, and lead to the page that asks for the proof."""
    form = request.POST.urlencode() if request.method == "POST" and not request.FILES else None
    if form is not None and len(form) > LONGEST_FORM:
        form = None
    _keep(request, path=request.get_full_path(), need=need, form=form)
    return HttpResponseRedirect(reverse("identity:prove"))


def ask_for(request: HttpRequest, need: Need, *, onward: str) -> HttpResponse:
    """Lead to the page that asks for the proof, and from there on to ``onward``, a path of this site."""
    _keep(request, path=onward, need=need, form=None)
    return HttpResponseRedirect(reverse("identity:prove"))


def wanted(request: HttpRequest) -> Wanted | None:
    """What this session's ID wanted when it was asked to prove more; None once it is too long ago."""
    try:
        kept = json.loads(unseal(request.session.get(_KEY, "").encode()))
    except BrokenSeal:
        return None
    if time.time() - kept["at"] > WAITS_SECONDS or kept["account"] != request.user.pk:
        return None
    max_age = None if kept["max_age"] is None else timedelta(seconds=kept["max_age"])
    return Wanted(kept["account"], kept["path"], Need(Level(kept["level"]), max_age), kept["form"])


def proven(
    request: HttpRequest,
    account: Account,
    method: AuthEvent.Method,
    *,
    detail: str = "",
    proven_at: datetime | None = None,
) -> str:
    """Note that ``account``, signed in, proved it again; the path to go on to.

    The session gets a new key. A form that waits is carried out when that path is opened (:func:`resumed`).
    """
    waiting = wanted(request)
    request.session.cycle_key()
    record(request, account, method, True, detail=detail, proven_at=proven_at)
    if waiting is None:
        return reverse("mypage:home")
    if waiting.form is None:
        request.session.pop(_KEY, None)
    return waiting.path


def resumed(request: HttpRequest) -> bool:
    """Turn the opening of a page into the form that was sent to it before the proof; False where none waits.

    Only what this session itself sent by POST, under the protection of its own token, and only once.
    """
    if request.method != "GET" or _KEY not in request.session:
        return False
    waiting = wanted(request)
    if waiting is None or waiting.form is None or waiting.path != request.get_full_path():
        return False
    request.session.pop(_KEY, None)
    request.method = "POST"
    request.POST = QueryDict(waiting.form)
    return True


def _keep(request: HttpRequest, *, path: str, need: Need, form: str | None) -> None:
    kept = {
        "account": request.user.pk,
        "path": path,
        "level": int(need.level),
        "max_age": need.max_age.total_seconds() if need.max_age is not None else None,
        "form": form,
        "at": time.time(),
    }
    request.session[_KEY] = seal(json.dumps(kept)).decode("ascii")
