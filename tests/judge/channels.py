# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the judge sees and does on each channel of a spice-client-glib session.

PyGObject hands signal pointers over as addresses, which ctypes reads; boxed
arrays it cannot read at all are fetched with g_object_get."""

import collections
import ctypes
import time

import gi
gi.require_version ('SpiceClientGLib', '2.0')
import numpy
from gi.repository import GLib, GObject, SpiceClientGLib as Client

from loop import wait

gobject = ctypes.CDLL ('libgobject-2.0.so.0')
glib = ctypes.CDLL ('libglib-2.0.so.0')
client = ctypes.CDLL ('libspice-client-glib-2.0.so.8')
glib.g_array_unref.argtypes = [ctypes.c_void_p]

STAMP_BITS_PER_ROW = 32
STAMP_BIT_PIXELS = 4
RECORD_TICK_MS = 10
PLAYBACK_DELAY_MS = 20  # what we tell the server we buffer
FORMAT_16_555 = 16
FORMAT_32_XRGB = 32
FORMAT_32_ARGB = 96

CursorShape = collections.namedtuple (
    'CursorShape', 'width height hot_x hot_y rgba')


def listen (thing, signal, handler):
    # Session and Channel have methods named connect of their own
    return GObject.Object.connect (thing, signal, handler)


def address_of (thing):
    return ctypes.c_void_p (hash (thing))


class Monitor (ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint)
                for name in ('id', 'surface_id', 'x', 'y', 'width', 'height')]

    def __repr__ (self):
        return f'{self.width}x{self.height}+{self.x}+{self.y}'


class GArray (ctypes.Structure):
    _fields_ = [('data', ctypes.c_void_p), ('len', ctypes.c_uint)]


class Display:
    """One display channel: its primary surface as a picture."""

    def __init__ (self, channel):
        self.channel = channel
        self.size = None       # (width, height) of the primary, None without
        self.format = None
        self.marked = False    # the server said: what you have is worth showing
        self.creates = self.destroys = self.marks = self.invalidates = 0
        self.changes = 0       # anything that may have changed the picture
        self.areas = collections.deque (maxlen=10000)  # (x, y, w, h) drawn
        self.stamps = None     # see watch_stamps
        self._data = self._stride = None
        for signal, handler in (('display-primary-create', self._on_create),
                                ('display-primary-destroy', self._on_destroy),
                                ('display-invalidate', self._on_invalidate),
                                ('display-mark', self._on_mark),
                                ('channel-event', self._on_event)):
            listen (channel, signal, handler)

    def _on_create (self, channel, form, width, height, stride, shmid, data):
        self.format, self.size = form, (width, height)
        self._stride, self._data = stride, data
        self.creates += 1
        self.changes += 1

    def _on_destroy (self, channel):
        self.size = self._data = None
        self.marked = False
        self.destroys += 1
        self.changes += 1

    def _on_event (self, channel, event):
        if event != Client.ChannelEvent.OPENED:
            self.size = self._data = None  # the surface goes with the link

    def _on_invalidate (self, channel, x, y, width, height):
        self.invalidates += 1
        self.changes += 1
        self.areas.append ((x, y, width, height))
        if self.stamps is not None:
            self._note_stamp ()

    def _on_mark (self, channel, mark):
        self.marked = bool (mark)
        self.marks += 1
        self.changes += 1

    def _rows (self):
        """The live surface, H×W×4: only until the loop runs again."""
        assert self.size, 'no primary surface'
        assert self.format in (FORMAT_32_XRGB, FORMAT_32_ARGB), self.format
        width, height = self.size
        raw = (ctypes.c_uint8 * (self._stride * height)).from_address (self._data)
        rows = numpy.frombuffer (raw, numpy.uint8).reshape (height, self._stride)
        return rows[:, :width * 4].reshape (height, width, 4)

    def canvas (self):
        """A copy of the picture, H×W×3 uint8, blue first."""
        if self.format == FORMAT_16_555:
            return self._canvas_of_15_bits ()
        return self._rows ()[:, :, :3].copy ()

    def _canvas_of_15_bits (self):
        assert self.size, 'no primary surface'
        width, height = self.size
        raw = (ctypes.c_uint16 * (self._stride // 2 * height)).from_address (
            self._data)
        words = numpy.frombuffer (raw, numpy.uint16).reshape (height, -1)
        levels = words[:, :width, None] >> numpy.array ((0, 5, 10)) & 31
        return (levels << 3 | levels >> 2).astype (numpy.uint8)

    def spoil (self):
        """Blackens the picture behind the client's back."""
        self._rows ()[:] = 0

    @property
    def monitors (self):
        """What the server said about heads: a list of Monitor."""
        array = ctypes.POINTER (GArray) ()
        gobject.g_object_get (address_of (self.channel), b'monitors',
                              ctypes.byref (array), None)
        if not array:
            return []
        count, data = array.contents.len, array.contents.data
        monitors = [Monitor.from_buffer_copy (
            (ctypes.c_char * ctypes.sizeof (Monitor)).from_address (
                data + i * ctypes.sizeof (Monitor))) for i in range (count)]
        glib.g_array_unref (ctypes.cast (array, ctypes.c_void_p))
        return monitors

    # ---- time stamps in the picture: see bench/scenes.h

    def stamp (self):
        """The 64 bits in the upper left corner; None when there are none."""
        middle = STAMP_BIT_PIXELS // 2
        bits = self._rows ()[middle:8:STAMP_BIT_PIXELS,
                             middle:128:STAMP_BIT_PIXELS, 1]
        if bits.shape != (2, STAMP_BITS_PER_ROW):
            return None
        return sum (1 << i for i, bit in enumerate (bits.flat) if bit > 127)

    def watch_stamps (self):
        """From now on .stamps collects (stamp, when seen), both in µs of the
        monotonic clock: their difference is the latency of a frame."""
        self.stamps = []

    def _note_stamp (self):
        stamp = self.stamp ()
        if not self.stamps or self.stamps[-1][0] != stamp:
            self.stamps.append ((stamp, time.monotonic_ns () // 1000))


class Cursor:
    """The pointer's shape and place."""

    def __init__ (self, channel):
        self.channel = channel
        self.shape = None      # CursorShape; rgba is H×W×4, red first
        self.position = None   # (x, y), from cursor-move
        self.visible = None    # None before the server said anything
        self.sets = self.moves = self.hides = self.resets = 0
        for signal, handler in (('cursor-set', self._on_set),
                                ('cursor-move', self._on_move),
                                ('cursor-hide', self._on_hide),
                                ('cursor-reset', self._on_reset)):
            listen (channel, signal, handler)

    def _on_set (self, channel, width, height, hot_x, hot_y, data):
        self.sets += 1
        self.visible = True
        if not data:
            return
        raw = ctypes.string_at (data, width * height * 4)
        rgba = numpy.frombuffer (raw, numpy.uint8).reshape (height, width, 4)
        self.shape = CursorShape (width, height, hot_x, hot_y, rgba)

    def _on_move (self, channel, x, y):
        self.moves += 1
        self.visible = True
        self.position = (x, y)

    def _on_hide (self, channel):
        self.hides += 1
        self.visible = False

    def _on_reset (self, channel):
        self.resets += 1
        self.visible = False


class Inputs:
    """Keyboard and pointer. Scancodes are PC/AT set 1 (0x1e is A; keys with a
    prefix e0 are 0x100 + code). Buttons: 1 left, 2 middle, 3 right, 4 and 5
    the wheel, 6 side, 7 extra."""

    MASKS = {1: 1, 2: 2, 3: 4, 6: 32, 7: 64}

    def __init__ (self, channel):
        self.channel = channel
        self.modifier_changes = 0
        self.buttons = 0
        listen (channel, 'inputs-modifiers', self._on_modifiers)

    def _on_modifiers (self, channel):
        self.modifier_changes += 1

    @property
    def modifiers (self):
        """The server's lock lights: 1 scroll, 2 num, 4 caps."""
        return self.channel.get_property ('key-modifiers')

    def set_locks (self, locks):
        self.channel.set_key_locks (locks)

    def key_press (self, scancode):
        self.channel.key_press (scancode)

    def key_release (self, scancode):
        self.channel.key_release (scancode)

    def key (self, scancode):
        self.channel.key_press (scancode)
        self.channel.key_release (scancode)

    def key_in_one (self, scancode):
        """Press and release in one message, if the server takes that."""
        self.channel.key_press_and_release (scancode)

    def motion (self, dx, dy):
        self.channel.motion (dx, dy, self.buttons)

    def position (self, x, y, display=0):
        self.channel.position (x, y, display, self.buttons)

    def press (self, button):
        self.buttons |= self.MASKS.get (button, 0)
        self.channel.button_press (button, self.buttons)

    def release (self, button):
        self.buttons &= ~self.MASKS.get (button, 0)
        self.channel.button_release (button, self.buttons)

    def click (self, button):
        self.press (button)
        self.release (button)

    def wheel (self, steps):
        """Positive: away from the user."""
        for _ in range (abs (steps)):
            self.click (4 if steps > 0 else 5)


class Volume:
    """Volume and mute, as the server last set them."""

    @property
    def mute (self):
        return self.channel.get_property ('mute')

    @property
    def volume (self):
        """A list, 65535 is full; empty before the server said."""
        count = self.channel.get_property ('nchannels')
        data = self.channel.get_property ('volume')
        if not data or not count:
            return []
        return list ((ctypes.c_uint16 * count).from_address (data))


class Playback (Volume):
    """What a listener hears."""

    def __init__ (self, channel):
        self.channel = channel
        self.started = False
        self.rate = self.channels = None
        self.starts = self.stops = 0
        self.arrivals = []     # (monotonic seconds, frames) of each packet
        self._pieces = []
        for signal, handler in (('playback-start', self._on_start),
                                ('playback-data', self._on_data),
                                ('playback-stop', self._on_stop),
                                ('playback-get-delay', self._on_delay)):
            listen (channel, signal, handler)

    def _on_start (self, channel, form, channels, rate):
        self.started = True
        self.starts += 1
        self.channels, self.rate = channels, rate

    def _on_data (self, channel, data, size):
        self._pieces.append (ctypes.string_at (data, size))
        self.arrivals.append ((time.monotonic (), size // 2 // self.channels))

    def _on_stop (self, channel):
        self.started = False
        self.stops += 1

    def _on_delay (self, channel):
        channel.set_delay (PLAYBACK_DELAY_MS)

    @property
    def frames (self):
        return sum (frames for _, frames in self.arrivals)

    @property
    def seconds (self):
        return self.frames / self.rate if self.rate else 0.0

    def pcm (self):
        """Everything heard: int16 of shape (frames, channels)."""
        samples = numpy.frombuffer (b''.join (self._pieces), numpy.int16)
        return samples.reshape (-1, self.channels or 2)

    def forget (self):
        self._pieces, self.arrivals = [], []

    def hear (self, seconds, timeout=None):
        """The next so many seconds of sound, as PCM."""
        self.forget ()
        wait (lambda: self.seconds >= seconds, timeout or seconds * 3 + 10,
              lambda: f'{seconds} s of sound, got {self.seconds:.2f}')
        return self.pcm ()


class Record (Volume):
    """A microphone: speaks while the server records."""

    def __init__ (self, channel):
        self.channel = channel
        self.started = False
        self.rate = self.channels = None
        self.starts = self.stops = 0
        self._pcm = b''
        self._timer = None
        self._sent = 0
        listen (channel, 'record-start', self._on_start)
        listen (channel, 'record-stop', self._on_stop)

    def _on_start (self, channel, form, channels, rate):
        self.started = True
        self.starts += 1
        self.channels, self.rate = channels, rate

    def _on_stop (self, channel):
        self.started = False
        self.stops += 1

    def send (self, pcm, time_ms=0):
        """Sends samples at once."""
        data = numpy.ascontiguousarray (pcm, numpy.int16).tobytes ()
        client.spice_record_channel_send_data (
            address_of (self.channel), data, ctypes.c_size_t (len (data)),
            ctypes.c_uint32 (time_ms))

    def speak (self, pcm):
        """Sends samples at their own pace, from now on, whenever the loop
        runs."""
        self.hush ()
        self._pcm = numpy.ascontiguousarray (pcm, numpy.int16)
        self._sent, self._begun = 0, time.monotonic ()
        self._timer = GLib.timeout_add (RECORD_TICK_MS, self._on_tick)

    def hush (self):
        if self._timer is not None:
            GLib.source_remove (self._timer)
        self._timer = None

    def _on_tick (self):
        now = time.monotonic ()
        due = int ((now - self._begun) * self.rate)
        self.send (self._pcm[self._sent:due], int (now * 1000) & 0xffffffff)
        self._sent = due
        if due < len (self._pcm):
            return True
        self._timer = None
        return False
