"""A business account whose address has an ID already: its owner logs in to the ID first, with the existing password."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from madoguchi.accounts import login, mailbox
from madoguchi.accounts.business import connecting, vouching
from madoguchi.shell.forms import render_form
from madoguchi.support.identity.entrance import admit
from madoguchi.support.identity.forms.login import MailboxPasswordForm, PasswordForm
from madoguchi.support.identity.refusals import BUSY, form_again, patient


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@patient
def link(request: HttpRequest) -> HttpResponse:
    vouched = connecting.waiting(request)
    if vouched is None:
        return HttpResponseRedirect(reverse("identity:login"))
    onward = reverse("business:connect")
    if request.user.is_authenticated:
        return HttpResponseRedirect(onward)
    kind = MailboxPasswordForm if mailbox.is_ours(vouched.email) else PasswordForm
    form = kind(request.POST if request.method == "POST" else None)
    context = {"email": vouched.email, "provider": vouching.provider_of(vouched.provider), "onward": onward}
    if request.method == "POST" and form.is_valid():
        try:
            let_in = login.check_password(request, email=vouched.email, password=form.cleaned_data["password"])
        except login.FirstUse:  # the ID has been closed for good in the meantime
            return HttpResponseRedirect(reverse("identity:login"))
        except BUSY:
            return form_again(request, "business/link.html", form, context)
        if let_in is not None:
            account, outlook = let_in
            method = login.method_of(account.email)
            return admit(request, account, method=method, stay=False, onward=onward, outlook=outlook)
        form.add_error("password", _("This is not the password of this ID. Please check it and try again."))
    return render_form(request, "business/link.html", form, context)
