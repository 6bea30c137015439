"""Files as people send them: real pictures and documents, and some with a wrong name or content."""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO
from typing import Any

from PIL import Image

from app.kernel.files.attachments import Upload, receive

TEXT = "现场记录\n=1+1\n".encode()
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00"
PAGE = b"<!doctype html><script>alert(1)</script>"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
MACRO_TYPES = (
    b'<?xml version="1.0"?><Types><Override PartName="/word/styles.bin" '
    b'ContentType="application/vnd.ms-office.vbaProject"/></Types>'
)
_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}


def jpeg(size: tuple[int, int] = (64, 48), **save: Any) -> bytes:
    """Return a photo."""
    return _saved(Image.new("RGB", size, (200, 30, 30)), "JPEG", **save)


def located_jpeg() -> bytes:
    """Return a photo whose metadata has author, place and orientation."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    exif[0x013B] = "陈晓雯"
    exif.get_ifd(0x8825)[2] = (30.0, 39.0, 36.0)  # latitude
    return jpeg((64, 48), exif=exif.tobytes(), comment=b"secret comment")


def png(size: tuple[int, int] = (40, 40), alpha: int = 128) -> bytes:
    """Return a transparent picture."""
    return _saved(Image.new("RGBA", size, (20, 100, 220, alpha)), "PNG")


def noisy_photo() -> bytes:
    """Return a photo of more than ten kilobytes."""
    return _saved(Image.effect_noise((160, 120), 90), "JPEG", quality=95)


def moving_gif(frames: int = 3) -> bytes:
    """Return an animation; its first frame is red."""
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    images = [Image.new("RGB", (20, 20), colours[i % 3]) for i in range(frames)]
    return _saved(images[0], "GIF", save_all=True, append_images=images[1:], duration=100)


def bomb_png(width: int = 60_000, height: int = 60_000) -> bytes:
    """Return a few bytes that unpack to gigabytes of pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(10_000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def office(extension: str, packing: int = zipfile.ZIP_STORED, **more: bytes) -> bytes:
    """Return an office document; ``more`` are further parts of it."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", packing) as archive:
        for name, content in {"[Content_Types].xml": b"<Types/>", _PARTS[extension]: b"<x/>", **more}.items():
            archive.writestr(name, content)
    return target.getvalue()


def archive(**parts: bytes) -> bytes:
    """Return a plain zip."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return target.getvalue()


def swollen_zip(entries: int = 800_000, *, said: int | None = None) -> bytes:
    """A zip that is nothing but its directory, 47 bytes an entry.  Its end record tells the number of entries
    in the large form (ZIP64), or in the plain one as ``said``.
    """
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 0, 20, *[0] * 8, 1, *[0] * 6) + b"x"
    size = len(entry) * entries
    counted = (0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF) if said is None else (0, 0, said, said, size, 4)
    large = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, entries, entries, size, 4)
    large += struct.pack("<4sLQL", b"PK\x06\x07", 0, 4 + size, 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", *counted, 0)
    return b"PK\x03\x04" + entry * entries + (large if said is None else b"") + end


def upload(name: str = "备注.txt", content: bytes = TEXT) -> Upload:
    """Return a checked file, as forms pass it to services."""
    return receive(name, BytesIO(content))


def part(name: str = "备注.txt", content: bytes = TEXT) -> tuple[BytesIO, str]:
    """Return a file as the test clients send it."""
    return BytesIO(content), name


def _saved(image: Image.Image, kind: str, **save: Any) -> bytes:
    target = BytesIO()
    image.save(target, kind, **save)
    return target.getvalue()
