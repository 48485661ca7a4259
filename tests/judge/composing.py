# SPDX-License-Identifier: LGPL-2.1-or-later
"""Recordings of libspice-server's kind, written as text: what a device drew
that nobody had."""

import struct


def binary (name, data):
    return b'binary 0 %s %d:%s\n' % (name, len (data), data)


def chunks (name, data):
    return b'data_chunks 0 %d\n' % len (data) + binary (name, data)


def rect (name, left, top, right, bottom):
    return b'rect %s %d %d %d %d\n' % (name, top, left, bottom, right)


def numbers (name, *values):
    return b''.join (b'%s %d\n' % (name, value) for value in values)


def path (*figures):
    """figures: (flags, points), each point x, y in pixels."""
    data = b''
    for flags, points in figures:
        data += struct.pack ('<II', flags, len (points))
        for point in points:
            data += struct.pack ('<ii', *(round (at * 16) for at in point))
    return chunks (b'path', data)


def stroke (segments, colour, style=None, gap=False, rop=8):
    """style: lengths in pixels, or None: a solid line."""
    flags = (0 if style is None else 8) | (4 if gap else 0)
    dashes = b'' if style is None else numbers (
        b'attr.style_nseg', len (style)) + binary (b'style', struct.pack (
            f'<{len (style)}i', *(round (part * 16) for part in style)))
    return (10, path (*segments) + numbers (b'attr.flags', flags) + dashes
            + numbers (b'type', 1) + numbers (b'u.color', colour)
            + numbers (b'fore_mode', rop) + numbers (b'back_mode', rop))


def fill (colour, rop=8):
    return (1, numbers (b'type', 1) + numbers (b'u.color', colour)
            + numbers (b'rop_descriptor', rop) + numbers (b'flags', 0)
            + b'point 0 0\n' + numbers (b'image', 0))


def copy_of_itself (area):
    """Where a command says self_bitmap, of what is there already."""
    return (2, numbers (b'image', 0) + rect (b'src_area', *area)
            + numbers (b'type', 1) + numbers (b'u.color', 0)
            + numbers (b'rop_descriptor', 8) + numbers (b'scale_mode', 1)
            + numbers (b'flags', 0) + b'point 0 0\n' + numbers (b'image', 0))


class Recording:
    """Begins with a primary surface of that size."""

    def __init__ (self, width, height):
        self.box = 0, 0, width, height
        self.data = b'SPICE_REPLAY 1\n'
        self.n_events = self.n_commands = 0
        self.add (1, 20, b'%d %d %d 32\n0 1 0 0\n' % (
            width, height, width * 4) + binary (
                b'data', bytes (width * height * 4)))

    def add (self, what, kind, body):
        self.data += b'event %d %d %d %d\n' % (
            self.n_events, what, kind, self.n_events * 1000) + body
        self.n_events += 1

    def draw (self, command, box=None, self_area=None):
        """command: kind and body, as the functions above make them; self_area:
        its source is the surface itself, that area of it."""
        kind, body = command
        self.add (0, 1, b'drawable\n' + rect (b'bbox', *(box or self.box))
                  + numbers (b'type', 0) + numbers (b'effect', 0)
                  + numbers (b'mm_time', 0) + numbers (b'self_bitmap', self_area is not None)
                  + rect (b'self_bitmap_area', *(self_area or (0, 0, 0, 0)))
                  + numbers (b'surface_id', 0)
                  + 3 * (numbers (b'surfaces_dest', -1)
                         + rect (b'surfaces_rects', 0, 0, 0, 0))
                  + numbers (b'type', kind) + body)
        self.n_commands += 1
