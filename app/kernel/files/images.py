"""Pictures are re-encoded before they are stored: nothing of the uploaded bytes remains, neither the place
and camera in their metadata nor anything hidden in them (PLAT-10).

One picture is open at a time, and together with the waiting ones it takes less than 300 MB: the memory a
picture needs is computed from its header before any of it is decoded, photos are reduced while they are
decoded, all others strip by strip, and results are stored on disk.
"""

from __future__ import annotations

import ctypes
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import UnsupportedOperation
from math import ceil, floor, sqrt
from tempfile import SpooledTemporaryFile
from threading import BoundedSemaphore, Lock
from typing import IO, TYPE_CHECKING

from PIL import Image

from app.kernel.files import types as filetypes
from app.kernel.files import webp

if TYPE_CHECKING:
    from collections.abc import Iterator


# A kept picture is bounded by its area: a payment screenshot of 1080 × 15000 stays legible (OFF-15).
MAX_AREA = 4096 * 4096
MAX_EDGE = 30_000  # browsers draw nothing longer
THUMBNAIL = (320, 320)
# Bytes that one picture may take while it is open, its reduced copy included.
BUDGET = 280 * 1024 * 1024
MAX_PIXELS = 256_000_000  # of a photo, which is reduced while it is decoded: more than today's cameras have
MAX_DRAWN = 64_000_000  # of any other picture, which is decoded as a whole
_PHOTO = 160 * 1024 * 1024  # a photo that takes more when it is decoded as a whole is decoded to a half
# Pictures that wait for the open one; fewer than the server's threads, so that pages are still served.
QUEUE = 3
TIMEOUT_SECONDS = 20.0  # the maximum wait, in seconds
_QUALITY = 86
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP")
_STRIP = 1_000_000  # pixels of the source converted in one step
_IN_MEMORY = 512 * 1024
_DEEP = ("I", "I;16", "I;16B", "I;16L", "I;16N")  # modes of 16 bits of grey
_ONE_BYTE = ("1", "L", "P")
# Bytes a pixel while a picture is decoded, beyond the decoded picture: WebP unpacks into canvases of its own.
_DECODERS = {"WEBP": 11}
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112

_M_MMAP_THRESHOLD, _LARGE_BLOCK = -3, 1024 * 1024


def _return_large_blocks() -> None:
    """Make the C library release large blocks as soon as they are freed (glibc; others do so or cannot).

    Otherwise it raises that limit and keeps the memory of each thread's pictures.
    """
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE_BLOCK)


_return_large_blocks()
# Pillow's own limit is lower than ours, which is checked by the memory that a picture really needs.
Image.MAX_IMAGE_PIXELS = None


class BadImageError(Exception):
    """The content is not a picture that can be shown."""


class TooManyPixelsError(BadImageError):
    """The picture is larger than any camera's, or made to exhaust memory."""


class BusyError(Exception):
    """Too many pictures are waiting; this one must be sent again later."""


@dataclass(frozen=True)
class Picture:
    """A picture as it is stored; large contents are on disk."""

    content: IO[bytes]
    thumbnail: IO[bytes]
    type: filetypes.FileType
    width: int
    height: int


_decoding_lock = Lock()
_places = BoundedSemaphore(1 + QUEUE)


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for a free slot: one picture is open at a time, a few wait, others are refused.

    :raises BusyError: when too many wait, or for too long.
    """
    if not _places.acquire(blocking=False):
        raise BusyError
    try:
        if not _decoding_lock.acquire(timeout=TIMEOUT_SECONDS):
            raise BusyError
        try:
            yield
        finally:
            _decoding_lock.release()
    finally:
        _places.release()


def reencode(content: IO[bytes], longest: int = 0) -> Picture:
    """Return the picture without metadata, upright, of at most :data:`MAX_AREA` pixels, and its thumbnail.

    An animation is reduced to its first frame.

    :param longest: how many pixels its longer side may have; 0 bounds the area alone.
    :raises TooManyPixelsError: before any of it is unpacked.
    :raises BusyError: when too many pictures wait already.
    :raises BadImageError: when it is broken.
    """
    with _turn():
        try:
            return _reencode(content, longest)
        except BadImageError:
            raise
        except Exception as error:  # a decoder may raise anything on a broken file
            raise BadImageError from error


def _reencode(content: IO[bytes], longest: int) -> Picture:
    content.seek(0)
    with Image.open(content, formats=_FORMATS) as opened:
        is_photo = opened.format in {"JPEG", "MPO", "WEBP"}
        orientation = opened.getexif().get(_ORIENTATION)
        decoded = _large_webp(opened, content, longest) or _loaded(opened, content, longest)
        image = _reduced(decoded, _fitting(decoded.width, decoded.height, longest))
    if orientation in _UPRIGHT:
        image = image.transpose(_UPRIGHT[orientation])
    small = _reduced(image, _within(image.size, THUMBNAIL))
    kind = filetypes.JPEG if is_photo and image.mode == "RGB" else filetypes.PNG
    return Picture(_saved(image, kind), _saved(small, kind), kind, image.width, image.height)


def _loaded(opened: Image.Image, content: IO[bytes], longest: int) -> Image.Image:
    """Return the picture, decoded; an animation's first frame."""
    _check_cost(opened, content, longest)
    opened.seek(0)
    opened.load()
    return opened


def _large_webp(opened: Image.Image, content: IO[bytes], longest: int) -> Image.Image | None:
    """Return a WebP in its reduced size, where the whole is too large for memory; None for all others.

    :raises TooManyPixelsError: when it is too large for that, too.
    """
    pixels, size = opened.width * opened.height, _fitting(opened.width, opened.height, longest)
    if opened.format != "WEBP" or pixels * (4 + _DECODERS["WEBP"]) + _working(size) <= BUDGET:
        return None
    content.seek(0)
    data = content.read()
    needed = webp.memory_to_reduce(data, size)
    if needed is None:
        return None
    if pixels > MAX_PIXELS or needed + _STRIP * 8 > BUDGET:
        raise TooManyPixelsError
    return webp.reduced(data, size)


def _working(size: tuple[int, int]) -> int:
    """Return the bytes of a reduced picture, and of the strip that is being converted."""
    return size[0] * size[1] * 4 + _STRIP * 8


def _check_cost(opened: Image.Image, content: IO[bytes], longest: int) -> None:
    """Refuse a picture that needs too much memory; a photo is set to reduce itself while it is decoded."""
    is_jpeg = opened.format in {"JPEG", "MPO"}
    if opened.width * opened.height > (MAX_PIXELS if is_jpeg else MAX_DRAWN):
        raise TooManyPixelsError
    cost = _working(_fitting(opened.width, opened.height, longest))
    if is_jpeg:
        cost += _coefficients(opened, content)
        _draft(opened, min(BUDGET - cost, _PHOTO))
    each = (1 if opened.mode in _ONE_BYTE else 4) + _DECODERS.get(opened.format or "", 0)
    if cost + opened.width * opened.height * each > BUDGET:
        raise TooManyPixelsError


def _draft(opened: Image.Image, left: int) -> None:
    """Decode a photo to a half, a quarter or an eighth where the whole is too large for memory."""
    scale = next((s for s in (1, 2, 4) if opened.width * opened.height * 4 <= left * s * s), 8)
    if scale > 1:
        opened.draft(None, (opened.width // scale, opened.height // scale))


def _coefficients(opened: Image.Image, content: IO[bytes]) -> int:
    """Return the bytes that the JPEG decoder keeps beside the pixels: a photo in several scans is held as a
    whole.
    """
    layers = getattr(opened, "layer", [])
    if not _has_scans(content, len(layers)):
        return 0
    most: int = max(h for _id, h, _v, _q in layers) * max(v for _id, _h, v, _q in layers)
    sampled: int = sum(h * v for _id, h, v, _q in layers)
    return 2 * opened.width * opened.height * sampled // most


def _has_scans(content: IO[bytes], components: int) -> bool:
    """Return True for a progressive JPEG, and for one whose first scan does not hold all components."""
    at = content.tell()
    try:
        content.seek(2)
        while True:
            head = content.read(2)
            if len(head) < 2 or head[0] != 0xFF:  # noqa: PLR2004 - a marker
                return True
            if head[1] == 0xFF:  # noqa: PLR2004 - a fill byte
                content.seek(-1, 1)
                continue
            if head[1] in {0xC2, 0xC6, 0xCA, 0xCE}:
                return True
            length = int.from_bytes(content.read(2), "big")
            if head[1] == 0xDA:  # noqa: PLR2004 - the first scan begins
                return content.read(1) != bytes([components])
            content.seek(max(0, length - 2), 1)
    finally:
        content.seek(at)


def _fitting(width: int, height: int, longest: int) -> tuple[int, int]:
    """Return the size to keep: bounded by ``longest`` where given, else by area."""
    edge = longest or MAX_EDGE
    ratio = min(1.0, edge / max(width, height), sqrt(MAX_AREA / (width * height)))
    return max(1, floor(width * ratio)), max(1, floor(height * ratio))


def _within(size: tuple[int, int], box: tuple[int, int]) -> tuple[int, int]:
    ratio = min(1.0, box[0] / size[0], box[1] / size[1])
    return max(1, round(size[0] * ratio)), max(1, round(size[1] * ratio))


def _reduced(source: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return only pixels of the source, in the size and in a mode that both formats and browsers support.

    It is made strip by strip, so that no second copy of a large picture is ever in memory.
    """
    width, height = size
    mode = "RGBA" if _has_alpha(source) else "RGB"
    target = Image.new(mode, size)
    scale = source.height / height
    step = max(1, floor(_STRIP / source.width / scale))
    margin = ceil(3 * max(1.0, scale)) + 1  # the margin that the filter reads beyond the strip
    for top in range(0, height, step):
        bottom = min(top + step, height)
        upper = max(0, floor(top * scale) - margin)
        lower = min(source.height, ceil(bottom * scale) + margin)
        strip = _plain(source.crop((0, upper, source.width, lower)), mode)
        box = (0.0, top * scale - upper, float(source.width), min(bottom * scale, source.height) - upper)
        piece = strip.resize((width, bottom - top), Image.Resampling.LANCZOS, box=box)
        target.paste(piece, (0, top))
    return target


def _has_alpha(image: Image.Image) -> bool:
    if image.mode in _DEEP:
        return False  # its transparent value has another scale than the converted picture
    return image.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in image.info


def _plain(strip: Image.Image, mode: str) -> Image.Image:
    if strip.mode in _DEEP:
        strip.info.pop("transparency", None)
        strip = strip.point(lambda value: value * (1 / 256)).convert("L")
    return strip.convert(mode)


class _Scratch(SpooledTemporaryFile[bytes]):
    """A result: in memory while it is small, else a file on disk that is deleted with the last reference to
    it.
    """

    def fileno(self) -> int:
        """Refuse: an encoder that asks for the descriptor would move small results to disk, too."""
        raise UnsupportedOperation

    def __del__(self) -> None:
        self.close()


def _saved(image: Image.Image, kind: filetypes.FileType) -> IO[bytes]:
    target = _Scratch(max_size=_IN_MEMORY)
    if kind is filetypes.JPEG:
        image.save(target, "JPEG", quality=_QUALITY)
    else:
        image.save(target, "PNG", optimize=False)
    target.seek(0)
    return target
