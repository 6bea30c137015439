"""PLAT-10: files are accepted by content and not by name; pictures are re-encoded."""

from __future__ import annotations

import tracemalloc
import zipfile
from io import BytesIO

import pytest
from PIL import Image

from app.kernel.files import attachments as files
from app.kernel.files.attachments import UnacceptableError, receive
from tests.support import documents as d

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("name", "content", "media_type", "called"),
    [
        ("照片.jpg", d.jpeg(), "image/jpeg", "照片.jpg"),
        ("照片.JPEG", d.jpeg(), "image/jpeg", "照片.JPEG"),
        ("照片.png", d.jpeg(), "image/jpeg", "照片.jpg"),
        ("照片", d.jpeg(), "image/jpeg", "照片.jpg"),
        ("图.png", d.png(), "image/png", "图.png"),
        ("图.webp", d.png(), "image/png", "图.png"),
        ("动图.gif", d.moving_gif(), "image/png", "动图.png"),
        ("合同.pdf", d.PDF, "application/pdf", "合同.pdf"),
        ("合同", d.PDF, "application/pdf", "合同.pdf"),
        ("合同.v2", d.PDF, "application/pdf", "合同.v2.pdf"),
        ("pdf.exe", d.PDF, "application/pdf", "pdf.exe.pdf"),
        ("合同.docx", d.office("docx"), _WORD, "合同.docx"),
        ("备注.txt", d.TEXT, "text/plain", "备注.txt"),
        ("备注.txt", "国标".encode("gb18030"), "text/plain", "备注.txt"),
        ("页面.txt", d.PAGE, "text/plain", "页面.txt"),
        ("表.csv", b"a,b\r\n=1+1,2\r\n", "text/csv", "表.csv"),
        ("../../etc/passwd.txt", d.TEXT, "text/plain", "passwd.txt"),
        ("C:\\temp\\备注.txt", d.TEXT, "text/plain", "备注.txt"),
        ("a\u202etxt\u0000.\r\npdf", d.PDF, "application/pdf", "atxt. pdf.pdf"),
        ("...", d.PDF, "application/pdf", "file.pdf"),
    ],
)
def test_plat_10_the_kind_is_detected_by_the_content(name, content, media_type, called):
    made = receive(name, BytesIO(content))
    assert (made.media_type, made.name) == (media_type, called)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.exe", d.PROGRAM),
        ("a.pdf", d.PROGRAM),
        ("a.jpg", d.PROGRAM),
        ("a.html", d.PAGE),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("a", d.TEXT),
        ("a.zip", d.archive(x=b"1")),
        ("a.docx", d.archive(x=b"1")),
        ("a.docx", d.office("xlsx")),
        ("a.pdf", d.office("docx")),
        ("a.docx", d.PDF),
        ("a.docm", d.office("docx", **{"word/vbaProject.bin": b"x"})),
        ("a.docx", d.office("docx", **{"word/vbaProject.bin": b"x"})),
        ("a.docx", d.office("docx", **{"word/VBAPROJECT.BIN": b"x"})),
        ("a.docx", d.office("docx", **{"word/media/image1.png": d.OLD_OFFICE})),
        ("a.docx", d.office("docx", **{"word/embeddings/old.bin": d.OLD_OFFICE})),
        ("a.docx", d.office("docx", **{"[Content_Types].xml": d.MACRO_TYPES})),
        ("a.docx", d.office("docx", **{"[Content_Types].xml": d.MACRO_TYPES.decode().encode("utf-16")})),
        ("a.xlsx", d.office("xlsx", **{"[Content_Types].xml": b"<T a='v&#98;aProject'/>"})),
        ("a.xlsx", d.office("xlsx", **{"xl/macrosheets/sheet1.xml": b"<x/>"})),
        ("a.exe", d.OLD_OFFICE),
        ("旧.doc", d.OLD_OFFICE),
        ("旧.xls", d.OLD_OFFICE),
        ("旧.docx", d.OLD_OFFICE),
        ("旧.jpg", d.OLD_OFFICE),
        ("a.txt", b"text\x00with\x01controls"),
        ("a.docx", b"PK\x03\x04broken"),
        ("a.jpg", b"\xff\xd8\xff\xe0not a picture"),
        ("a.jpg", d.jpeg((400, 400))[:300]),
        ("a.png", d.bomb_png()),
        ("a.png", d.bomb_png(9_000, 9_000)),
        ("a.txt", b""),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)}b",
)
def test_plat_10_everything_else_is_refused_with_its_name(name, content):
    with pytest.raises(UnacceptableError) as refused:
        receive(name, BytesIO(content))
    assert name in str(refused.value.reason)


@pytest.mark.parametrize("said", [None, 10], ids=["large form", "wrong number"])
def test_plat_10_a_zip_of_800000_entries_is_refused_unread(said):
    sent = BytesIO(d.swollen_zip(said=said))
    assert zipfile.is_zipfile(sent)
    tracemalloc.start()
    try:
        with pytest.raises(UnacceptableError):
            receive("a.docx", sent)
        assert tracemalloc.get_traced_memory()[1] < 1024 * 1024
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_plat_10_a_document_is_packed_as_documents_are(packing):
    assert receive("a.docx", BytesIO(d.office("docx", zipfile.ZIP_DEFLATED))).name == "a.docx"
    with pytest.raises(UnacceptableError):
        receive("a.docx", BytesIO(d.office("docx", packing)))


@pytest.mark.parametrize(("parts", "is_taken"), [(4_998, True), (5_001, False)])
def test_plat_10_a_document_has_so_many_parts(parts, is_taken):
    sent = BytesIO(d.office("docx", **{f"word/{n}.xml": b"x" for n in range(parts)}))
    if is_taken:
        assert receive("a.docx", sent).name == "a.docx"
    else:
        with pytest.raises(UnacceptableError):
            receive("a.docx", sent)


def test_plat_10_a_file_has_a_size(monkeypatch):
    monkeypatch.setattr(files, "MAX_BYTES", len(d.TEXT))
    assert receive("a.txt", BytesIO(d.TEXT)).media_type == "text/plain"
    with pytest.raises(UnacceptableError):
        receive("a.txt", BytesIO(d.TEXT + b"x"))


def test_plat_10_names_are_bounded_and_keep_their_extension():
    made = receive("长" * 500 + ".pdf", BytesIO(d.PDF))
    assert len(made.name) == 120
    assert made.name.endswith("长.pdf")


def test_plat_10_pictures_lose_all_metadata_and_become_upright():
    sent = d.located_jpeg()
    assert b"secret comment" in sent
    made = receive("照片.jpg", BytesIO(sent))
    kept = made.content.read()
    with Image.open(BytesIO(kept)) as image:
        assert image.size == (48, 64), "turned as its camera said"
        assert not image.getexif()
        assert {"exif", "comment"}.isdisjoint(image.info)
    assert b"secret" not in kept
    assert "陈晓雯".encode() not in kept


def test_plat_10_data_hidden_in_a_picture_is_removed():
    made = receive("a.jpg", BytesIO(d.jpeg() + d.PAGE + d.archive(x=b"1")))
    kept = made.content.read()
    assert b"script" not in kept
    assert b"PK\x03\x04" not in kept


def test_plat_10_large_pictures_shrink_and_get_a_thumbnail():
    made = receive("a.jpg", BytesIO(d.jpeg((1600, 800))), 400)
    with Image.open(made.content) as image, Image.open(made.thumbnail) as small:
        assert image.size == (400, 200)
        assert small.size == (320, 160)


def test_plat_10_of_a_moving_picture_the_first_frame_is_kept():
    made = receive("a.gif", BytesIO(d.moving_gif()))
    with Image.open(made.content) as image:
        assert getattr(image, "n_frames", 1) == 1
        assert image.convert("RGB").getpixel((0, 0)) == (255, 0, 0)


def test_plat_10_see_through_stays_see_through():
    with Image.open(receive("a.png", BytesIO(d.png(alpha=100))).content) as image:
        assert image.mode == "RGBA"
        assert image.getpixel((0, 0))[3] == 100


def test_plat_10_an_old_document_is_refused_with_advice():
    with pytest.raises(UnacceptableError, match=r"\.docx"):
        receive("合同.doc", BytesIO(d.OLD_OFFICE))
