"""``/console/payments/``: send a file of payments; and those sent before."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.models import Account
from madoguchi.console import audit, roles
from madoguchi.shell.forms import render_form
from madoguchi.shell.uploads import too_large
from madoguchi.statements.billing.payment_files import receive
from madoguchi.statements.models import PaymentFile

A_PAGE = 20


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        allow_empty_file=True,
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={
            "required": gettext_lazy("Please choose a file."),
            "max_length": gettext_lazy("The name of the file is too long."),
        },
    )

    def __init__(self, *args: Any, left_out: bool = False, **options: Any) -> None:
        super().__init__(*args, **{**options, "auto_id": "id_%s"})
        self.left_out = left_out
        self.fields["file"].help_text = _("Up to %(size)s MB.") % {"size": f"{settings.UPLOAD_MB:,}"}

    def clean(self) -> dict[str, Any]:
        if self.left_out:
            self.errors.pop("file", None)
            said = _("The file is larger than %(size)s MB. Use the command line for it.")
            self.add_error("file", said % {"size": f"{settings.UPLOAD_MB:,}"})
        return self.cleaned_data


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
