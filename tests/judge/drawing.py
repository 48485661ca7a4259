# SPDX-License-Identifier: LGPL-2.1-or-later
"""Draw commands as bytes, application/x-spice-qxl, right and wrong ones: see
docs/qxl-format.md. Boxes are (left, top, right, bottom)."""

import struct

import numpy

CAPS = 'application/x-spice-qxl,version=(int)1'
DISPLAY, CURSOR = 0x20000, 0x40000
(UPDATE, MESSAGE) = 1, 2
(COPY_BITS, FILL, OPAQUE, COPY, BLEND, BLACKNESS, WHITENESS, INVERS, ROP3,
 STROKE, TEXT, TRANSPARENT, ALPHA_BLEND, CREATE, DESTROY, MONITORS,
 COMPOSITE) = (DISPLAY + kind for kind in
               (104, *range (302, 316), 317, 318))
A8, RGB15, XRGB, RGB16, ARGB = 8, 16, 32, 80, 96    # surfaces
# rops
INVERS_BRUSH, PUT, OR, AND, XOR, INVERS_RES = 2, 8, 0x10, 0x20, 0x40, 0x400
OVER = 3
HAS_MASK, SRC_TRANSFORM, MASK_TRANSFORM = 1 << 19, 1 << 20, 1 << 21
SOURCE_OPAQUE = 1 << 22
A1 = 1                                   # glyphs, and surfaces of a bit
DASHED = 8
BEGIN, END, CLOSE, BEZIER = 1, 2, 8, 16  # segments of a path


def u8 (*values):
    return struct.pack (f'<{len (values)}B', *values)


def u16 (*values):
    return struct.pack (f'<{len (values)}H', *(v & 0xffff for v in values))


def u32 (*values):
    return struct.pack (f'<{len (values)}I', *(v & 0xffffffff for v in values))


class To:
    """A pointer to parts, which come behind the fixed ones."""

    def __init__ (self, *parts):
        self.parts = parts


def join (*parts):
    """Bytes and pointers as a body."""
    out, pointers = bytearray (), []

    def put (parts):
        for part in parts:
            if isinstance (part, To):
                pointers.append ((len (out), part))
                part = bytes (4)
            out.extend (part)
    put (parts)
    while pointers:
        at, to = pointers.pop (0)
        out.extend (bytes (-len (out) % 4))
        out[at:at + 4] = u32 (len (out))
        put (to.parts)
    return bytes (out)


def record (kind, *parts):
    body = join (*parts)
    return u32 (kind, len (body)) + body + bytes (-len (body) % 4)


# ---- parts

def rect (left, top, right, bottom):
    return u32 (top, left, bottom, right)


def base (box, surface=0, clip=None):
    """clip: rectangles, or bytes in place of all of it."""
    if clip is None:
        clip = u8 (0)
    elif not isinstance (clip, bytes):
        clip = b''.join ((u8 (1), u32 (len (clip)), *(rect (*r) for r in clip)))
    return u32 (surface) + rect (*box) + clip


def solid (colour):
    return [u8 (1), u32 (colour)]


def pattern (image, x=0, y=0):
    return [u8 (2), image, u32 (x, y)]


def mask (image=bytes (4), flags=0, x=0, y=0):
    return [u8 (flags), u32 (x, y), image]


NO_MASK = mask ()
NOTHING = bytes (4)    # a pointer


def bitmap (format, width, height, stride, data, *, image_flags=0, flags=4,
            palette=None, size=None):
    """palette: colours; size: what the descriptor says."""
    return To (bytes (8), u8 (0, image_flags), u32 (*(size or (width, height))),
               u8 (format, flags), u32 (width, height, stride),
               NOTHING if palette is None else To (
                   bytes (8), u16 (len (palette)), u32 (*palette)),
               data)


def pixels (values, format=8, **more):
    """Of a bitmap of 32 bits: height × width of 0xAARRGGBB."""
    values = numpy.asarray (values, '<u4')
    height, width = values.shape
    return bitmap (format, width, height, width * 4, values.tobytes (), **more)


def surface_image (surface, width=1, height=1):
    return To (bytes (8), u8 (104, 0), u32 (width, height), u32 (surface))


def quic (data, width, height):
    return To (bytes (8), u8 (1, 0), u32 (width, height), u32 (len (data)),
               data)


# ---- commands

def create (surface, width, height, format=XRGB):
    return record (CREATE, u32 (surface, width, height, format,
                                int (surface == 0)))


def destroy (surface):
    return record (DESTROY, u32 (surface))


def fill (box, colour, surface=0, rop=PUT, clip=None):
    return record (FILL, base (box, surface, clip), *solid (colour), u16 (rop),
                   *NO_MASK)


def fill_pattern (box, image, surface=0, rop=PUT):
    return record (FILL, base (box, surface), *pattern (image), u16 (rop),
                   *NO_MASK)


def copy (box, image, area, surface=0, rop=PUT, scale=1, kind=COPY,
          mask=NO_MASK):
    return record (kind, base (box, surface), image, rect (*area), u16 (rop),
                   u8 (scale), *mask)


def opaque (box, image, area, brush=None, surface=0, rop=PUT, scale=1,
            mask=NO_MASK):
    return record (OPAQUE, base (box, surface), image, rect (*area),
                   *(brush or solid (0)), u16 (rop), u8 (scale), *mask)


def rop3 (box, image, area, code, brush=None, surface=0):
    return record (ROP3, base (box, surface), image, rect (*area),
                   *(brush or solid (0)), u8 (code, 1), *NO_MASK)


def transparent (box, image, area, key=0, surface=0):
    return record (TRANSPARENT, base (box, surface), image, rect (*area),
                   u32 (0, key))


def alpha_blend (box, image, area, alpha=255, surface=0):
    return record (ALPHA_BLEND, base (box, surface), u8 (0, alpha), image,
                   rect (*area))


def copy_bits (box, x, y, surface=0):
    return record (COPY_BITS, base (box, surface), u32 (x, y))


def path (*segments, count=None):
    """segments: flags and points, in pixels; or bytes. count: how many there
    are said to be."""
    return To (u32 (len (segments) if count is None else count), *(
        s if isinstance (s, bytes) else u8 (s[0]) + u32 (
            len (s[1]), *(int (c * 16) for point in s[1] for c in point))
        for s in segments))


def line (*lengths, count=None):
    """Of dashes with these lengths in pixels, said to be so many; without
    lengths and count a solid one."""
    if not lengths and count is None:
        return [u8 (0)]
    return [u8 (DASHED, len (lengths) if count is None else count), To (u32 (
        *(int (length * 16) for length in lengths)))]


def stroke (box, path, line, brush, surface=0):
    return record (STROKE, base (box, surface), path, *line, *brush,
                   u16 (PUT, PUT))


def string (*glyphs, flags=A1, count=None):
    """glyphs: x, y, width, height, rows."""
    return To (u16 (len (glyphs) if count is None else count), u8 (flags), *(
        u32 (x, y, 0, 0) + u16 (width, height) + rows
        for x, y, width, height, rows in glyphs))


def text (box, string, colour, back=(0, 0, 0, 0), rop=PUT, surface=0):
    return record (TEXT, base (box, surface), string, rect (*back),
                   *solid (colour), *solid (0), u16 (rop, PUT))


def polylines (box, figures, dashes=(), brush=None, clip=None, rop=PUT):
    """A stroke of straight lines. figures: (flags, points in pixels); dashes: lengths in pixels."""
    path = u32 (len (figures))
    for flags, points in figures:
        path += u8 (flags) + u32 (len (points)) + b''.join (
            u32 (x * 16, y * 16) for x, y in points)
    line = [u8 (8, len (dashes)), To (u32 (*(16 * part for part in dashes)))]
    return record (STROKE, base (box, 0, clip), To (path),
                   *(line if dashes else [u8 (0)]),
                   *(brush or solid (0xffffff)), u16 (rop, 0))


def composite (box, image, surface=0, flags=OVER, x=0, y=0, more=()):
    """more: the parts that flags say are there."""
    return record (COMPOSITE, base (box, surface), u32 (flags), image, *more,
                   u16 (x, y, 0, 0))


class Driver:
    """An appsrc of a Stage that is fed with commands."""

    def __init__ (self, stage, name='commands'):
        self.Gst, self.source = stage.Gst, stage[name]

    def push (self, *records):
        self.source.emit ('push-buffer', self.Gst.Buffer.new_wrapped (
            b''.join (records)))

    def end (self):
        self.source.emit ('end-of-stream')


def source (name='commands'):
    return f'appsrc name={name} caps="{CAPS}" format=time is-live=true' \
        ' do-timestamp=true'
