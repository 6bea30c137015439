"""Pictures are drawn anew before they are kept: nothing of the uploaded bytes survives, neither the place
and camera in their metadata nor whatever else was hidden in them (PLAT-10).
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from threading import Lock
from typing import IO

from PIL import Image, ImageOps

from app.kernel.files import types as filetypes

MAX_PIXELS = 50_000_000
MAX_EDGE = 4096
THUMBNAIL = (320, 320)
_QUALITY = 86
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP")
# One picture at a time: a large one takes 200 MB while it is open.
_decoding_lock = Lock()


class BadImageError(Exception):
    """The content is no picture that can be shown."""


class TooManyPixelsError(BadImageError):
    """The picture is larger than any camera's, or made to exhaust memory."""


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept."""

    content: BytesIO
    thumbnail: BytesIO
    type: filetypes.FileType
    width: int
    height: int


def reencode(content: IO[bytes], longest: int = MAX_EDGE) -> Picture:
    """The picture without metadata, upright, at most ``longest`` pixels long, and its thumbnail.

    Of a moving picture the first frame is kept.

    :raises TooManyPixelsError: before any of it is unpacked.
    :raises BadImageError: when it is broken.
    """
    with _decoding_lock:
        try:
            return _reencode(content, longest)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise TooManyPixelsError from error
        except BadImageError:
            raise
        except Exception as error:  # a decoder may raise anything on a broken file
            raise BadImageError from error


def _reencode(content: IO[bytes], longest: int) -> Picture:
    content.seek(0)
    with Image.open(content, formats=_FORMATS) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise TooManyPixelsError
        is_photo = opened.format in {"JPEG", "MPO", "WEBP"}
        opened.draft("RGB", (longest, longest))
        opened.seek(0)
        upright = ImageOps.exif_transpose(opened)
    image = _plain(upright)
    image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    small = image.copy()
    small.thumbnail(THUMBNAIL, Image.Resampling.LANCZOS)
    kind = filetypes.JPEG if is_photo and image.mode == "RGB" else filetypes.PNG
    return Picture(_saved(image, kind), _saved(small, kind), kind, image.width, image.height)


def _plain(image: Image.Image) -> Image.Image:
    """Only pixels, in a mode that both formats and browsers know."""
    has_alpha = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
    plain = image.convert("RGBA" if has_alpha else "RGB")
    clean = Image.new(plain.mode, plain.size)
    clean.paste(plain)
    return clean


def _saved(image: Image.Image, kind: filetypes.FileType) -> BytesIO:
    target = BytesIO()
    if kind is filetypes.JPEG:
        image.save(target, "JPEG", quality=_QUALITY, optimize=True)
    else:
        image.save(target, "PNG", optimize=False)
    target.seek(0)
    return target
