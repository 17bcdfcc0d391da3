"""Files that people have sent, given out so that no browser opens them as a page of ours."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def as_download(content: bytes, name: str) -> HttpResponse:
    """Always a download of bytes: never shown, never run, never kept by a proxy."""
    response = HttpResponse(content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
