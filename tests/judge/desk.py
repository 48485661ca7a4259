# SPDX-License-Identifier: LGPL-2.1-or-later
"""A pipeline of this process whose pictures the test makes itself.

    with Desk () as desk:
        desk.show (painting (7, 640, 480), 'RGB16')
        with Viewer (desk.port) as viewer:
            viewer.wait_canvas (seen (painting (7, 640, 480), 'RGB16'))

The elements run in threads of their own; messages of the bus arrive while
loop.wait runs."""

import gi
gi.require_version ('GIRepository', '2.0')
gi.require_version ('Gst', '1.0')
import numpy
from gi.repository import GIRepository, GLib, Gst

from loop import wait
from server import build_path
from stage import Stage, gstreamer

LOOK_AGAIN_MS = 20
# by name: bits and place of red, green, blue in a little-endian word
PACKED = {'RGB16': ((5, 11), (6, 5), (5, 0)), 'BGR16': ((5, 0), (6, 5), (5, 11)),
          'RGB15': ((5, 10), (5, 5), (5, 0)), 'BGR15': ((5, 0), (5, 5), (5, 10))}
FORMATS = ('BGRx', 'BGRA', 'RGBx', 'RGBA', 'xRGB', 'ARGB', 'xBGR', 'ABGR',
           'RGB', 'BGR', *PACKED)


def gst_spice ():
    """The module GstSpice: the library's introspection of the build tree."""
    gstreamer ()
    repository = GIRepository.Repository
    repository.prepend_search_path (build_path ('gst', 'common'))
    repository.prepend_library_path (build_path ('gst', 'common'))
    gi.require_version ('GstSpice', '1.0')
    from gi.repository import GstSpice
    return GstSpice


def poll (condition, timeout=10.0, what=None):
    """As wait (), for what no event of the loop tells of."""
    tick = GLib.timeout_add (LOOK_AGAIN_MS, lambda: True)
    try:
        return wait (condition, timeout, what)
    finally:
        GLib.source_remove (tick)


def as_dict (structure):
    """A Gst.Structure as a dict; arrays of structures as lists of dicts."""
    made = {}
    for i in range (structure.n_fields ()):
        name = structure.nth_field_name (i)
        if structure.get_field_type (name).name != 'GstValueArray':
            made[name] = structure.get_value (name)
            continue
        array = structure.get_array (name)[1]
        made[name] = [as_dict (array.get_nth (n))
                      for n in range (array.n_values)]
    return made


# ---- pictures: height × width × 3, blue first

def painting (number, width=320, height=240):
    """The picture of this number: some of it stays, some moves, some is
    scrolled, some is filled, some is noise."""
    x = numpy.arange (width, dtype=numpy.uint32)[None, :]
    y = numpy.arange (height, dtype=numpy.uint32)[:, None]
    made = numpy.empty ((height, width, 3), numpy.uint8)
    made[:, :, 0] = x * 5 + y
    made[:, :, 1] = (x // 7 * 29) ^ (y // 5 * 31)
    made[:, :, 2] = y * 3
    scrolled = made[:, width // 2:width * 3 // 4]
    scrolled[:] = numpy.roll (scrolled, -3 * number, 0)
    made[height // 8:height // 4, :width // 2] = \
        (number * 37 % 256, 200, number * 91 % 256)
    random = numpy.random.default_rng (number)
    top, left = number * 13 % height, number * 29 % width
    spot = made[top:top + 50, left:left + 70]
    spot[:] = random.integers (0, 256, spot.shape, numpy.uint8)
    return made


def pack (picture, form):
    """A picture as a frame of a format; bits without meaning are noise."""
    height, width = picture.shape[:2]
    if form in PACKED:
        words = numpy.zeros ((height, width), numpy.uint16)
        for (bits, shift), channel in zip (PACKED[form], (2, 1, 0)):
            level = picture[:, :, channel].astype (numpy.uint16) >> (8 - bits)
            words |= level << shift
        pixels = words.view (numpy.uint8).reshape (height, width * 2)
    else:
        pixels = numpy.random.default_rng (height).integers (
            0, 256, (height, width, len (form)), numpy.uint8)
        for channel, letter in enumerate ('BGR'):
            pixels[:, :, form.index (letter)] = picture[:, :, channel]
        pixels = pixels.reshape (height, width * len (form))
    padding = -pixels.shape[1] % 4
    return numpy.pad (pixels, ((0, 0), (0, padding))).tobytes ()


def seen (picture, form='BGRx'):
    """What a viewer sees of it: formats of 15 and 16 bits lose the rest."""
    if form not in PACKED:
        return picture
    shown = numpy.empty_like (picture)
    for (bits, _), channel in zip (PACKED[form], (2, 1, 0)):
        level = picture[:, :, channel] >> (8 - bits)
        shown[:, :, channel] = (level << (8 - bits)) | (level >> (2 * bits - 8))
    return shown


class Desk (Stage):
    """Each appsrc is a source of pictures, handed in with show (); the server's
    settings are asked of the element named s."""

    def __init__ (self, line='appsrc name=head ! spicedisplaysink name=s',
                  **settings):
        """settings: properties of s, with _ for -; its port is any free one.
        No loss: on a busy machine the line to a viewer may be measured as
        slow. No video: pictures in quick succession are one."""
        super ().__init__ (line)
        for name, value in {'port': 0, 'jpeg': 'never',
                            'streaming_video': 'off',
                            **settings}.items ():
            self['s'].set_property (name.replace ('_', '-'), value)

    def start_error (self):
        """The text of the error with which the pipeline refuses to start."""
        answer = self.pipeline.set_state (Gst.State.PLAYING)
        assert answer == Gst.StateChangeReturn.FAILURE, answer
        message = self.bus.pop_filtered (Gst.MessageType.ERROR)
        self.pipeline.set_state (Gst.State.NULL)
        return message.parse_error ()[0].message

    # ---- pictures

    def show (self, picture, form='BGRx', head='head', rate=0):
        """Hands in a frame; it is shown at once."""
        height, width = picture.shape[:2]
        self.show_bytes (pack (picture, form), form, width, height, head, rate)

    def show_bytes (self, data, form, width, height, head='head', rate=0):
        caps = Gst.Caps.from_string (
            f'video/x-raw,format={form},width={width},height={height},'
            f'framerate={rate}/1')
        sample = Gst.Sample.new (Gst.Buffer.new_wrapped (data), caps, None, None)
        answer = self[head].emit ('push-sample', sample)
        assert answer == Gst.FlowReturn.OK, answer

    # ---- the server

    @property
    def server (self):
        return self['s'].get_property ('server')

    @property
    def n_clients (self):
        return self.server.get_property ('num-clients')

    def stats (self, channel=None):
        """The server's statistics as a dict; those of a channel by its name,
        as in "display 0"."""
        stats = as_dict (self.server.get_property ('stats'))
        if channel is None:
            return stats
        return next (c for c in stats['channels'] if c['name'] == channel)

    def snapshot (self):
        """What the display named s shows, as B G R."""
        sample = self['s'].emit ('snapshot', 0, 0, 0, 0, 0)
        size = sample.get_caps ().get_structure (0)
        buffer = sample.get_buffer ()
        rows = numpy.frombuffer (buffer.extract_dup (0, buffer.get_size ()),
                                 numpy.uint8)
        return rows.reshape (size.get_value ('height'), size.get_value ('width'),
                             4)[:, :, :3]

    # ---- messages

    def facts (self, name):
        """The element messages of a name so far, as dicts."""
        return [as_dict (event) for event in self.events (name)]

    def wait_fact (self, name, count=1, timeout=10.0):
        """Waits for so many messages of a name; the last one as a dict."""
        wait (lambda: len (self.events (name)) >= count, timeout,
              f'message {name}')
        return self.facts (name)[-1]


class FilmDesk (Desk):
    """A desk whose next () shows the next frame of a film."""

    rate = 30    # frames a second
    _timer = None

    def __exit__ (self, kind, value, traceback):
        self.stop ()
        super ().__exit__ (kind, value, traceback)

    def roll (self, show=None):
        """A frame in its time from now on; show (): instead of next ()."""
        def tick ():
            (show or self.next) ()
            return True
        self.stop ()
        self._timer = GLib.timeout_add (1000 // self.rate, tick)

    def stop (self):
        if self._timer:
            GLib.source_remove (self._timer)
        self._timer = None
