"""Large WebP photos, reduced while they are decoded (PLAT-10): Pillow can unpack them as a whole only, at
fifteen bytes a pixel.

The same library that Pillow brings is called; where it is not found, large ones are refused as before.
"""

from __future__ import annotations

import ctypes
from ctypes import c_int, c_size_t, c_uint32, c_void_p
from ctypes.util import find_library
from functools import cache
from pathlib import Path

import PIL
from PIL import Image

_ABI = 0x0209  # its first byte is what the library compares
_RGB, _RGBA = 0, 1
_LOSSLESS = 2


class _Features(ctypes.Structure):
    _fields_ = (
        ("width", c_int),
        ("height", c_int),
        ("has_alpha", c_int),
        ("has_animation", c_int),
        ("format", c_int),
        ("pad", c_uint32 * 5),
    )


class _Pixels(ctypes.Structure):
    _fields_ = (("rgba", c_void_p), ("stride", c_int), ("size", c_size_t))


class _Planes(ctypes.Union):
    _fields_ = (("rgba", _Pixels), ("room", ctypes.c_byte * 80))


class _Output(ctypes.Structure):
    _fields_ = (
        ("colorspace", c_int),
        ("width", c_int),
        ("height", c_int),
        ("is_external_memory", c_int),
        ("u", _Planes),
        ("pad", c_uint32 * 4),
        ("private_memory", c_void_p),
    )


class _Options(ctypes.Structure):
    _fields_ = (
        ("bypass_filtering", c_int),
        ("no_fancy_upsampling", c_int),
        ("use_cropping", c_int),
        ("crop", c_int * 4),
        ("use_scaling", c_int),
        ("scaled_width", c_int),
        ("scaled_height", c_int),
        ("use_threads", c_int),
        ("others", c_int * 3),
        ("pad", c_uint32 * 5),
    )


class _Config(ctypes.Structure):
    _fields_ = (
        ("input", _Features),
        ("output", _Output),
        ("options", _Options),
        ("room", ctypes.c_byte * 64),
    )


@cache
def _library() -> ctypes.CDLL | None:
    """Return the library, Pillow's own first; None where there is none."""
    beside = sorted((Path(PIL.__file__).parents[1] / "pillow.libs").glob("libwebp-*.so*"))
    for name in (*map(str, beside), find_library("webp")):
        try:
            found = ctypes.CDLL(name) if name else None
        except OSError:
            continue
        if found is not None and hasattr(found, "WebPInitDecoderConfigInternal"):
            found.WebPGetFeaturesInternal.argtypes = (c_void_p, c_size_t, c_void_p, c_int)
            found.WebPDecode.argtypes = (c_void_p, c_size_t, c_void_p)
            return found
    return None


def _features(data: bytes) -> _Features | None:
    library, found = _library(), _Features()
    if library is None or library.WebPGetFeaturesInternal(data, len(data), ctypes.byref(found), _ABI):
        return None
    return found


def memory_to_reduce(data: bytes, size: tuple[int, int]) -> int | None:
    """Return the bytes that :func:`reduced` takes; None for what it cannot decode, animations among them."""
    found = _features(data)
    if found is None or found.has_animation:
        return None
    whole: int = 4 if found.format == _LOSSLESS else 1 if found.has_alpha else 0
    decoding: int = found.width * found.height * whole + size[0] * size[1] * _depth(found)
    afterwards = size[0] * size[1] * (_depth(found) + 8)  # as Pillow has it, and once more in a stored mode
    return 2 * len(data) + max(decoding, afterwards)  # Pillow holds the file, too


def _depth(found: _Features) -> int:
    return 4 if found.has_alpha else 3


def reduced(data: bytes, size: tuple[int, int]) -> Image.Image:
    """Return the picture in this size.

    :raises ValueError: when it is broken.
    """
    library, found = _library(), _features(data)
    if library is None or found is None:
        raise ValueError
    config, depth = _Config(), _depth(found)
    library.WebPInitDecoderConfigInternal(ctypes.byref(config), _ABI)
    pixels = bytearray(size[0] * size[1] * depth)
    config.options.use_scaling = 1
    config.options.scaled_width, config.options.scaled_height = size
    config.output.colorspace = _RGBA if found.has_alpha else _RGB
    config.output.is_external_memory = 1
    held = (ctypes.c_byte * len(pixels)).from_buffer(pixels)
    config.output.u.rgba = _Pixels(ctypes.addressof(held), size[0] * depth, len(pixels))
    if library.WebPDecode(data, len(data), ctypes.byref(config)):
        raise ValueError
    mode = "RGBA" if found.has_alpha else "RGB"
    return Image.frombuffer(mode, size, pixels, "raw", mode, 0, 1)
