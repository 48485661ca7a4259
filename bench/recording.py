# SPDX-License-Identifier: LGPL-2.1-or-later
"""Packs grabbed frames into a recording, and unpacks it for recording.c.

A recording is a header, every frame's table, and a pool of strips, all little
endian. A strip is 256 pixels of a row, BGRx with x 0 (narrower ones at the right
edge are padded with 0). A frame's table has a number for each strip of the
picture, row by row:

    0      the strip is the next one of the pool that no table has named yet
    1      as in the frame before
    n + 2  strip n of the pool

Header: "BDSK", version 1, width, height, frames a second, frames, strips in the
pool, pictures, CRC-32 of the pool; 32 bits each, the rest of 64 bytes is 0.

What is kept is compressed with xz as a whole. Photos in it lean on pictures,
which follow the pool: a byte for each strip of the pool, which picture it was
exclusive-or'ed with (0: none) where that one stands on the screen, then x, y,
size in bytes and JPEG of each; size 0: the JPEG before stands there, too.
Unpacked recordings have none."""

import io
import lzma
import os
import struct
import zlib

import numpy
from PIL import Image

STRIP = 256
NEXT, SAME, FIRST = 0, 1, 2
HEADER = struct.Struct ('<4s8I28x')
PICTURE = struct.Struct ('<3I')
MAGIC, VERSION = b'BDSK', 1
XZ = [{'id': lzma.FILTER_LZMA2, 'preset': 6, 'dict_size': 256 << 20,
       'lc': 0, 'lp': 2, 'pb': 2, 'nice_len': 273}]
MIN_LEANING = 16  # equal pixels of a strip
SIGNATURE = 16  # pixels that tell where a picture stands


def strips_of (frame, width):
    """(strips of the picture, STRIP) of 32-bit pixels"""
    height = len (frame)
    across = -(-width // STRIP)
    padded = numpy.zeros ((height, across * STRIP), numpy.uint32)
    padded[:, :width] = frame & 0xffffff
    return padded.reshape (height * across, STRIP)


class Pool:
    """Strips in the order in which frames need them, each once."""

    def __init__ (self):
        self.strips, self.places, self.known = [], [], {}

    def table_of (self, strips, before):
        """A frame's table; what is new is added."""
        table = numpy.full (len (strips), SAME, numpy.uint32)
        changed = (range (len (strips)) if before is None else
                   numpy.flatnonzero ((strips != before).any (axis=1)))
        for place in changed:
            pixels = strips[place].tobytes ()
            number = self.known.setdefault (pixels, len (self.strips))
            if number < len (self.strips):
                table[place] = FIRST + number
                continue
            table[place] = NEXT
            self.strips.append (pixels)
            self.places.append (place)
        return table


# ---- pictures

def pixels_of (jpeg):
    rgb = numpy.asarray (Image.open (io.BytesIO (jpeg)).convert ('RGB'),
                         numpy.uint32)
    return rgb[:, :, 0] << 16 | rgb[:, :, 1] << 8 | rgb[:, :, 2]


def find_picture (pixels, frames):
    """Every x, y where it stands in one of the frames."""
    row, column = len (pixels) // 2, len (pixels[0]) // 2
    wanted = pixels[row, column:column + SIGNATURE]
    found = set ()
    for frame in frames:
        clean = frame & 0xffffff
        for y, x in numpy.argwhere (clean == wanted[0]):
            at = int (x) - column, int (y) - row
            if min (at) >= 0 and numpy.array_equal (
                    clean[y, x:x + SIGNATURE], wanted):
                found.add (at)
    return sorted (found)


def put_picture (jpeg, at, width, height):
    """Strips of a screen with nothing but the picture on it."""
    screen = numpy.zeros ((height, width), numpy.uint32)
    pixels, (x, y) = pixels_of (jpeg), at
    screen[y:y + len (pixels), x:x + len (pixels[0])] = (
        pixels[:height - y, :width - x])
    return strips_of (screen, width)


def lean (strips, places, shown):
    """Which of the shown pictures each strip has most of; 0: none, so far."""
    best = numpy.zeros (len (strips), numpy.uint8)
    equal = numpy.full (len (strips), MIN_LEANING)
    for number, picture in enumerate (shown, 1):
        same = (strips == picture[places]).sum (axis=1)
        best[same > equal] = number
        equal = numpy.maximum (equal, same)
    return best


def cross (strips, places, shown, leaning):
    """Takes the pictures out of the strips, or puts them back."""
    for number, picture in enumerate (shown, 1):
        chosen = leaning == number
        strips[chosen] ^= picture[places[chosen]]


# ---- files

def cut (frames, width):
    """(the pool of their strips, a table of each)"""
    pool, tables, before = Pool (), [], None
    for frame in frames:
        strips = strips_of (frame, width)
        tables.append (pool.table_of (strips, before))
        before = strips
    return pool, tables


def write (frames, fps, path):
    """Frames of 32-bit pixels into a recording as feeders read it."""
    height, width = frames[0].shape
    pool, tables = cut (frames, width)
    data = b''.join (pool.strips)
    with open (path, 'wb') as file:
        file.write (HEADER.pack (MAGIC, VERSION, width, height, fps,
                                 len (frames), len (pool.strips), 0,
                                 zlib.crc32 (data)))
        file.write (numpy.array (tables).tobytes () + data)


def pack (raw, width, height, fps, path, jpegs=()):
    """Frames of BGRx, one after the other, into a recording that is kept."""
    frames = numpy.memmap (raw, numpy.uint32, 'r').reshape (-1, height, width)
    pool, tables = cut (frames, width)
    data = b''.join (pool.strips)
    strips = numpy.frombuffer (data, numpy.uint32).reshape (-1, STRIP).copy ()
    places = numpy.array (pool.places)
    fresh = [frame for frame, table in zip (frames, tables)
             if (table != SAME).any ()]
    found = [(jpeg, at) for jpeg in jpegs
             for at in find_picture (pixels_of (jpeg), fresh)]
    shown = [put_picture (jpeg, at, width, height) for jpeg, at in found]
    leaning = lean (strips, places, shown)
    cross (strips, places, shown, leaning)
    with lzma.open (path, 'wb', filters=XZ) as file:
        file.write (HEADER.pack (MAGIC, VERSION, width, height, fps,
                                 len (frames), len (strips), len (found),
                                 zlib.crc32 (data)))
        file.write (numpy.array (tables).tobytes ())
        file.write (strips.tobytes ())
        file.write (leaning.tobytes ())
        for number, (jpeg, at) in enumerate (found):
            if number > 0 and found[number - 1][0] == jpeg:
                jpeg = b''
            file.write (PICTURE.pack (*at, len (jpeg)) + jpeg)


def read_pictures (file, count, width, height):
    jpeg = b''
    for _ in range (count):
        x, y, size = PICTURE.unpack (file.read (PICTURE.size))
        jpeg = file.read (size) or jpeg
        yield put_picture (jpeg, (x, y), width, height)


def read (file):
    """The bytes of the recording as feeders read it."""
    head = file.read (HEADER.size)
    (_, _, width, height, _, frames, n_strips, n_pictures,
     crc) = HEADER.unpack (head)
    per_frame = height * -(-width // STRIP)
    tables = numpy.frombuffer (file.read (frames * per_frame * 4), numpy.uint32)
    strips = numpy.frombuffer (file.read (n_strips * STRIP * 4),
                               numpy.uint32).reshape (-1, STRIP).copy ()
    leaning = numpy.frombuffer (file.read (n_strips), numpy.uint8)
    places = numpy.flatnonzero (tables == NEXT) % per_frame
    shown = list (read_pictures (file, n_pictures, width, height))
    cross (strips, places, shown, leaning)
    if zlib.crc32 (strips) != crc:
        raise ValueError ('the pictures are decoded otherwise here')
    return head[:28] + bytes (36) + tables.tobytes () + strips.tobytes ()


def unpack (path, folder):
    """The path of the recording as feeders read it, made if it is not there."""
    name = os.path.basename (path).removesuffix ('.xz')
    to = os.path.join (folder, name)
    if os.path.exists (to) and os.path.getmtime (to) >= os.path.getmtime (path):
        return to
    os.makedirs (folder, exist_ok=True)
    part = f'{to}.{os.getpid ()}'
    with lzma.open (path) as packed, open (part, 'wb') as file:
        file.write (read (packed))
    os.replace (part, to)
    return to
