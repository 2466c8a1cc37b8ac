"""``/id/login/passkey/``: logging in with a passkey alone."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from madoguchi.accounts import login as act
from madoguchi.accounts.models import AuthEvent
from madoguchi.support.identity.entrance import admit
from madoguchi.support.identity.forms.factors import AnswerForm
from madoguchi.support.identity.forms.login import LoginForm
from madoguchi.support.identity.onward import home, safe_next
from madoguchi.support.identity.refusals import patient
from madoguchi.support.identity.views.login import page


@never_cache
@require_POST
@patient
def login_passkey(request: HttpRequest) -> HttpResponse:
    onward = safe_next(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(onward or home(request.user))
    answer = AnswerForm(request.POST)
    credential = answer.cleaned_data["credential"] if answer.is_valid() else ""
    used = act.check_passkey(request, None, purpose="login", credential=credential)
    if used is None:
        return _refused(request, onward=onward)
    method, stay = AuthEvent.Method.PASSKEY, bool(request.POST.get("stay"))
    return admit(request, used.account, method=method, stay=stay, onward=onward, detail=used.detail)


def _refused(request: HttpRequest, *, onward: str) -> HttpResponse:
    """The login page, saying so: neither of its fields is at fault."""
    form = LoginForm({}, use_required_attribute=False)
    form.errors.clear()
    form.add_error(None, _("This passkey was not accepted. Please try again, or log in with your password."))
    return page(request, form, onward=onward)
