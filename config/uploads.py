"""How much of an upload is taken in, before any view has looked at it."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from tasks.logic.attachments import LARGEST


class NotTooMuch(FileUploadHandler):
    """Ends an upload whose files are too large together; the view sees `upload_too_large`.

    The check of forms reads a body before its view is asked, so without this anybody could fill
    the disk with one request. What is left of the body is read and thrown away: otherwise the
    sender would see a broken connection instead of the answer.
    """

    taken = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.taken += len(raw_data)
        if self.taken > LARGEST:
            self.request.upload_too_large = True  # type: ignore[union-attr]
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> Any:
        return None  # the handlers behind this one keep the file
