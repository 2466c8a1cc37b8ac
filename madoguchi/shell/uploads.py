"""What is uploaded goes to the disk, as far as it may: nothing large is held in memory."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest

SMALL = 64 << 20  # bytes; what may be uploaded anywhere but by the staff


class Bounded(FileUploadHandler):
    """Skips what is too large, or comes from somebody who may not upload that much; :func:`too_large` tells."""

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],  # noqa: N803 - Django's own name for it
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        self.sent = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.sent > SMALL and self.sent > self._most():
            # The request goes on without the file, so that its page can say so.
            self.request.META["madoguchi.too_large"] = "1"  # type: ignore[union-attr]
            raise SkipFile

    def _most(self) -> int:
        staff = getattr(self.request, "user", None)
        return settings.UPLOAD_MB << 20 if staff and staff.is_authenticated and staff.staff_role else SMALL

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


class InFolder(TemporaryUploadedFile):
    """A file that lies in ``settings.RECEIVED`` from its first byte, readable by us alone; gone when it is closed."""

    def __init__(self, name: str | None, content_type: str | None, charset: str | None, extra: Any) -> None:
        settings.RECEIVED.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = NamedTemporaryFile(prefix="upload-", dir=settings.RECEIVED)  # noqa: SIM115 - closed with the request
        UploadedFile.__init__(self, file, name, content_type, 0, charset, extra)


class ToFolder(TemporaryFileUploadHandler):
    def new_file(self, *args: Any, **kwargs: Any) -> None:
        FileUploadHandler.new_file(self, *args, **kwargs)
        self.file = InFolder(self.file_name, self.content_type, self.charset, self.content_type_extra)


def too_large(request: HttpRequest) -> bool:
    """Whether a file of this request was left out because it is too large."""
    return "madoguchi.too_large" in request.META


def keep(upload: UploadedFile, place: Path) -> None:
    """Put it to its place, readable by us alone; not copied where it lies on the same disk already."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if isinstance(upload, TemporaryUploadedFile):
        Path(upload.temporary_file_path()).replace(place)
        return
    with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        for chunk in upload.chunks():
            file.write(chunk)
