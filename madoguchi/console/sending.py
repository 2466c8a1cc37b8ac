"""Forms that send files to be checked by a worker: how large they may be, and what is said of one left out."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

Words = str | Promise
_CHOOSE = gettext_lazy("Please choose a file.")


class OneFile(forms.FileField):
    """A file with a name that can be kept. An empty one is taken: the check says what is wrong with it."""

    def __init__(self, *, label: Any, needed: Any = _CHOOSE, **options: Any) -> None:
        too_long = gettext_lazy("The name of the file is too long.")
        said = {"required": needed, "max_length": too_long}
        super().__init__(label=label, allow_empty_file=True, max_length=200, error_messages=said, **options)


class SendingForm(forms.Form):
    """Its field ``file`` takes up to ``UPLOAD_MB``; ``left_out``: what was sent was larger (``shell.uploads``)."""

    up_to: Words = gettext_lazy("Up to %(size)s MB.")
    too_large: Words = gettext_lazy("The file is larger than %(size)s MB. Use the command line for it.")

    def __init__(self, *args: Any, left_out: bool = False, **options: Any) -> None:
        super().__init__(*args, **{**options, "auto_id": "id_%s"})
        self.left_out = left_out
        self.fields["file"].help_text = self.up_to % self._size()

    def clean(self) -> dict[str, Any]:
        if self.left_out:
            self.errors.pop("file", None)
            self.add_error("file", self.too_large % self._size())
        return self.cleaned_data

    @staticmethod
    def _size() -> dict[str, str]:
        return {"size": f"{settings.UPLOAD_MB:,}"}
