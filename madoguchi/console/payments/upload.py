"""``/console/payments/``: send a file of payments; and those sent before."""

from typing import cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.models import Account
from madoguchi.console import audit, roles
from madoguchi.console.sending import OneFile, SendingForm
from madoguchi.shell.forms import render_form
from madoguchi.shell.uploads import too_large
from madoguchi.statements.billing.payment_files import receive
from madoguchi.statements.models import PaymentFile

A_PAGE = 20


class UploadForm(SendingForm):
    file = OneFile(label=gettext_lazy("CSV file"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))


@roles.may_bill
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES, left_out=too_large(request)) if sent else UploadForm()
    if form.is_bound and form.is_valid():
        return redirect("console:payment_file", _received(request, form.cleaned_data["file"]).pk)
    files = PaymentFile.objects.select_related("received_by")
    page_obj = Paginator(files, A_PAGE).get_page(request.GET.get("page"))
    return render_form(request, "console/payments/upload.html", form, {"page_obj": page_obj})


@transaction.atomic
def _received(request: HttpRequest, sent: UploadedFile) -> PaymentFile:
    file = receive(sent, by=cast(Account, request.user), now=timezone.now())
    audit.record(request, "payments.upload", file, bytes=file.size)
    return file
