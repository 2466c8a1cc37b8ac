"""Who may see a page about one contract: its people, after the contact phone is proven."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from madoguchi.accounts.access import signed_in
from madoguchi.contracts.models import Contract
from madoguchi.contracts.sessions import account_of
from madoguchi.contracts.verification import proven
from madoguchi.support.mypage import errand

View = Callable[..., HttpResponseBase]


def own_contract(view: View) -> View:
    """For a path with a contract's number in ``contract``: the view gets the :class:`Contract` in its place.

    A contract the ID may not see is not found, exactly as one that does not exist.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, contract: str, **kwargs: Any) -> HttpResponseBase:
        visible = Contract.objects.visible_to(account_of(request)).select_related("customer", "service")
        return view(request, *args, contract=get_object_or_404(visible, number=contract), **kwargs)

    return signed_in(guarded)


def contact_proven(view: View) -> View:
    """As :func:`own_contract`, and only when this session has proven the contract's contact phone lately.

    Others are led through E2–E4 and back here. After a form was sent, back to My page: a form is never sent twice.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, contract: Contract, **kwargs: Any) -> HttpResponseBase:
        if proven(request, contract):
            return view(request, *args, contract=contract, **kwargs)
        asked_for = request.get_full_path() if request.method == "GET" else reverse("mypage:home")
        errand.begin(request, contract, onward=asked_for)
        return redirect("mypage:verify")

    return own_contract(guarded)
