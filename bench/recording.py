# SPDX-License-Identifier: LGPL-2.1-or-later
"""Packs grabbed frames into a recording, and unpacks it for recording.c.

A recording is a header, every frame's table, and a pool of strips, all little
endian; a kept one is compressed with xz as a whole. A strip is 256 pixels of a
row, BGRx with x 0 (narrower ones at the right edge are padded with 0). A frame's
table has a number for each strip of the picture, row by row:

    0      the strip is the next one of the pool that no table has named yet
    1      as in the frame before
    n + 2  strip n of the pool

Header: "BDSK", version 1, width, height, frames a second, frames, strips in the
pool; 32 bits each, the rest of 64 bytes is 0."""

import lzma
import os
import struct

import numpy

STRIP = 256
NEXT, SAME, FIRST = 0, 1, 2
HEADER = struct.Struct ('<4s6I36x')
MAGIC, VERSION = b'BDSK', 1
XZ = [{'id': lzma.FILTER_LZMA2, 'preset': 6, 'dict_size': 256 << 20,
       'lc': 0, 'lp': 2, 'pb': 2, 'nice_len': 273}]


def strips_of (frame, width):
    """(strips of the picture, STRIP) of 32-bit pixels"""
    height = len (frame)
    across = -(-width // STRIP)
    padded = numpy.zeros ((height, across * STRIP), numpy.uint32)
    padded[:, :width] = frame & 0xffffff
    return padded.reshape (height * across, STRIP)


def frame_table (strips, before, pool, known):
    """Adds what is new to the pool."""
    table = numpy.full (len (strips), SAME, numpy.uint32)
    changed = (range (len (strips)) if before is None else
               numpy.flatnonzero ((strips != before).any (axis=1)))
    for place in changed:
        pixels = strips[place].tobytes ()
        number = known.setdefault (pixels, len (pool))
        if number < len (pool):
            table[place] = FIRST + number
            continue
        table[place] = NEXT
        pool.append (pixels)
    return table.tobytes ()


def pack (raw, width, height, fps, path):
    """Frames of BGRx, one after the other, into a recording."""
    frames = numpy.memmap (raw, numpy.uint32, 'r').reshape (-1, height, width)
    tables, pool, known, before = [], [], {}, None
    for frame in frames:
        strips = strips_of (frame, width)
        tables.append (frame_table (strips, before, pool, known))
        before = strips
    header = HEADER.pack (MAGIC, VERSION, width, height, fps, len (frames),
                          len (pool))
    with lzma.open (path, 'wb', filters=XZ) as file:
        file.write (header)
        for part in (*tables, *pool):
            file.write (part)


def unpack (path, folder):
    """The path of the recording as feeders read it, made if it is not there."""
    name = os.path.basename (path).removesuffix ('.xz')
    to = os.path.join (folder, name)
    if os.path.exists (to) and os.path.getmtime (to) >= os.path.getmtime (path):
        return to
    os.makedirs (folder, exist_ok=True)
    part = f'{to}.{os.getpid ()}'
    with lzma.open (path) as packed, open (part, 'wb') as file:
        while data := packed.read (1 << 20):
            file.write (data)
    os.replace (part, to)
    return to
