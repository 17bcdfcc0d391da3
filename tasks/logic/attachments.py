"""Which files may be put on a task: what they are is read from their bytes, never believed.

Nothing is unpacked: of an Office file only the table of contents is read, and that only when it
is short.
"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Callable

LARGEST = 10 * 1024 * 1024  # bytes of a file
MOST = 20  # files of a task
LONGEST_NAME = 120
_DIRECTORY = 256 * 1024  # bytes of a table of contents; a longer one is no document of a person
_UNPACKED = 200 * 1024 * 1024  # bytes a document may have when a reader unpacks it
_TAIL = 22 + 65_535  # the end record of a zip, and its longest comment
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_DEVICES = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


class Refused(ValueError):
    """A file that is not taken; the code is stable.

    `file_empty` `file_too_large` `file_type_unknown` `file_type_mismatch` `file_unsafe`
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def neutral_name(raw: str) -> str:
    """A file name that means nothing to any system it lands on: no path, no control or direction
    marks, no device, no hidden file; at most LONGEST_NAME characters with its ending kept."""
    name = unicodedata.normalize("NFC", raw).replace("\\", "/").rsplit("/", 1)[-1]
    # Cc, Cf, Cs …: among them the marks that show gnp.exe as exe.png
    name = "".join(c for c in name if not unicodedata.category(c).startswith("C"))
    name = _FORBIDDEN.sub("_", " ".join(name.split())).strip(". ")
    if _DEVICES.match(name):
        name = f"_{name}"
    stem, dot, ending = name.rpartition(".")
    if not dot:
        return name[:LONGEST_NAME] or "file"
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}" if len(ending) < 12 else "file"


def kind_of(name: str, content: bytes) -> str:
    """The kind of a file, which its ending and its content must agree on. Raises Refused."""
    if not content:
        raise Refused("file_empty")
    if len(content) > LARGEST:
        raise Refused("file_too_large")
    ending = name.rpartition(".")[2].lower()
    kind = ENDINGS.get(ending)
    if kind is None:
        raise Refused("file_type_unknown")
    if not _CHECKS[kind](content):
        raise Refused("file_type_mismatch")
    return kind


ENDINGS = {
    "png": "png",
    "jpg": "jpeg",
    "jpeg": "jpeg",
    "gif": "gif",
    "webp": "webp",
    "pdf": "pdf",
    "txt": "text",
    "csv": "text",
    "docx": "docx",
    "xlsx": "xlsx",
    "pptx": "pptx",
}


def _begins(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(signatures)


def _is_webp(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def _is_text(content: bytes) -> bool:
    """UTF-8 without control characters, besides those that lay out lines."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return re.search(r"[\x00-\x08\x0b\x0e-\x1f\x7f]", text) is None


def _is_office(folder: str) -> Callable[[bytes], bool]:
    def looks_so(content: bytes) -> bool:
        if not content.startswith(b"PK\x03\x04"):
            return False
        names = _contents(content)
        return "[Content_Types].xml" in names and any(n.startswith(folder) for n in names)

    return looks_so


def _contents(content: bytes) -> list[str]:
    """The names inside a zip. Raises Refused for one that is made to do harm when unpacked."""
    end = content.rfind(b"PK\x05\x06", max(0, len(content) - _TAIL))
    length = int.from_bytes(content[end + 12 : end + 16], "little") if end >= 0 else 0
    if end < 0 or length > _DIRECTORY or b"PK\x06\x07" in content[max(0, end - 20) : end]:
        raise Refused("file_unsafe")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError) as error:
        raise Refused("file_unsafe") from error
    names = [item.filename for item in found]
    if sum(item.file_size for item in found) > _UNPACKED or any(map(_is_hostile, names)):
        raise Refused("file_unsafe")
    return names


def _is_hostile(name: str) -> bool:
    """Leads out of the folder it is unpacked to, or carries a program."""
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or ":" in name or "vbaProject" in name


_CHECKS: dict[str, Callable[[bytes], bool]] = {
    "png": _begins(b"\x89PNG\r\n\x1a\n"),
    "jpeg": _begins(b"\xff\xd8\xff"),
    "gif": _begins(b"GIF87a", b"GIF89a"),
    "webp": _is_webp,
    "pdf": _begins(b"%PDF-"),
    "text": _is_text,
    "docx": _is_office("word/"),
    "xlsx": _is_office("xl/"),
    "pptx": _is_office("ppt/"),
}
