"""``/console/contracts/import/``: send files of customers, contracts, numbers and roles; and those sent before."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
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
from madoguchi.console.sending import OneFile, SendingForm
from madoguchi.contracts.imports.rows import KINDS
from madoguchi.contracts.imports.uploads import receive
from madoguchi.contracts.models import Upload
from madoguchi.shell.forms import render_form
from madoguchi.shell.uploads import too_large

A_PAGE = 20
MOST_FILES = 10


class Many(forms.FileInput):
    allow_multiple_selected = True


class Files(OneFile):
    """Several files, each as one would be."""

    widget = Many(attrs={"accept": ".csv,text/csv", "multiple": True})

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        return [super(Files, self).clean(one, initial) for one in data or [None]]


class UploadForm(SendingForm):
    up_to = gettext_lazy("Customers, contracts, numbers and roles, one or several together; up to %(size)s MB in all.")

    file = Files(label=gettext_lazy("CSV files"), needed=gettext_lazy("Please choose one file or several."))

    def clean(self) -> dict[str, Any]:
        if len(super().clean().get("file", [])) > MOST_FILES:
            raise ValidationError({"file": _("Please send at most %(most)s files together.") % {"most": MOST_FILES}})
        return self.cleaned_data


@roles.may_bill
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES, left_out=too_large(request)) if sent else UploadForm()
    if form.is_bound and form.is_valid():
        return redirect("console:contracts_upload", _received(request, form.cleaned_data["file"]).pk)
    uploads = Upload.objects.select_related("received_by").prefetch_related("files")
    page_obj = Paginator(uploads, A_PAGE).get_page(request.GET.get("page"))
    return render_form(request, "console/contracts/upload.html", form, {"page_obj": page_obj, "columns": _columns()})


def _columns() -> list[tuple[str, list[str]]]:
    return [(kind, list(columns)) for kind, columns in KINDS.items()]


@transaction.atomic
def _received(request: HttpRequest, files: list[UploadedFile]) -> Upload:
    upload = receive(files, by=cast(Account, request.user), now=timezone.now())
    audit.record(request, "contracts.upload", upload, files=len(files), bytes=sum(file.size or 0 for file in files))
    return upload
