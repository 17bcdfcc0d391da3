"""What a file is taken for, and under which name."""

import io
import zipfile

import pytest

from tasks.logic.attachments import LARGEST, LONGEST_NAME, Refused, kind_of, neutral_name

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
HTML = b"<html><script>alert(1)</script></html>"


def office(*names: str, folder: str = "word/", size: int = 1) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", f"{folder}document.xml", *names):
            archive.writestr(name, bytes(size))
    return made.getvalue()


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("plan.pdf", "plan.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\boot.txt", "boot.txt"),
        ("/abs/path/a.png", "a.png"),
        (".htaccess.txt", "htaccess.txt"),
        ("con.txt", "_con.txt"),
        ("a\x00b\r\nc.txt", "abc.txt"),
        ("gnp\u202egpj.exe", "gnpgpj.exe"),
        ('a"b<c>.txt', "a_b_c_.txt"),
        ("登机口 现场.png", "登机口 现场.png"),
        ("   ", "file"),
        ("...", "file"),
        ("", "file"),
    ],
)
def test_a_name_is_made_harmless(raw: str, kept: str) -> None:
    assert neutral_name(raw) == kept


def test_a_long_name_keeps_its_ending() -> None:
    name = neutral_name("x" * 500 + ".pdf")
    assert len(name) == LONGEST_NAME
    assert name.endswith(".pdf")
    assert len(neutral_name("x" * 500)) == LONGEST_NAME


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.png", PNG, "png"),
        ("a.JPG", b"\xff\xd8\xff\xe0" + bytes(9), "jpeg"),
        ("a.gif", b"GIF89a" + bytes(9), "gif"),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "webp"),
        ("a.pdf", b"%PDF-1.7\n", "pdf"),
        ("a.txt", "等了四十分钟".encode(), "text"),
        ("a.csv", b"\xef\xbb\xbfa,b\r\n1,2\r\n", "text"),
        ("a.docx", office(), "docx"),
        ("a.xlsx", office(folder="xl/"), "xlsx"),
        ("a.pptx", office(folder="ppt/"), "pptx"),
    ],
)
def test_what_people_share_is_taken(name: str, content: bytes, kind: str) -> None:
    assert kind_of(name, content) == kind


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.txt", b"", "file_empty"),
        ("a.txt", b"a" * (LARGEST + 1), "file_too_large"),
        ("a.png", HTML, "file_type_mismatch"),
        ("a.html", HTML, "file_type_unknown"),
        ("a.svg", b"<svg/>", "file_type_unknown"),
        ("a.exe", b"MZ", "file_type_unknown"),
        ("a.zip", office(), "file_type_unknown"),
        ("a.docm", office(), "file_type_unknown"),
        ("a", PNG, "file_type_unknown"),
        ("a.pdf", PNG, "file_type_mismatch"),
        ("a.txt", b"a\x00b", "file_type_mismatch"),
        ("a.txt", b"\xff\xfe", "file_type_mismatch"),
        ("a.docx", office(folder="xl/"), "file_type_mismatch"),
        ("a.docx", PNG, "file_type_mismatch"),
        ("a.docx", office("../../evil.sh"), "file_unsafe"),
        ("a.docx", office("/etc/passwd"), "file_unsafe"),
        ("a.docx", office("..\\evil.bat"), "file_unsafe"),
        ("a.docx", office("word/vbaProject.bin"), "file_unsafe"),
        ("a.docx", b"PK\x03\x04" + bytes(200), "file_unsafe"),
        ("a.docx", office()[:-30], "file_unsafe"),
    ],
)
def test_what_could_do_harm_is_refused(name: str, content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        kind_of(name, content)
    assert refusal.value.code == code


def test_the_largest_file_is_still_taken() -> None:
    assert kind_of("a.txt", b"a" * LARGEST) == "text"


def test_a_bomb_is_found_by_what_it_would_become() -> None:
    bomb = office("word/a", "word/b", size=70 * 1024 * 1024)
    assert len(bomb) < LARGEST
    with pytest.raises(Refused, match="file_unsafe"):
        kind_of("a.docx", bomb)


def test_a_table_of_contents_without_end_is_not_read() -> None:
    many = office(*(f"word/{place:06}-{'x' * 60}" for place in range(3000)), size=0)
    with pytest.raises(Refused, match="file_unsafe"):
        kind_of("a.docx", many)
