#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A desk in a process of its own, so that its memory and its descriptors are
counted alone:

    with Desktop (max_clients=100) as desktop:
        desktop.show (3)                     # painting (3, …), at once
        desktop.ask ('stats')['clients']
        before = desktop.footprint ()

It does what the lines of its input say, each a JSON list of a word and what
belongs to it, and answers each by a line. Run by itself it is that process:

    desktop.py LAUNCH-LINE NAME=VALUE…"""

import collections
import ctypes
import json
import os
import signal
import subprocess
import sys

HERE = os.path.dirname (os.path.abspath (__file__))
sys.path.insert (0, HERE)

from gi.repository import Gio

from desk import *
from server import Server

SIZE = 320, 240
LINE = 'appsrc name=head ! spicedisplaysink name=s'
ANSWER = 'ANSWER '
PATIENCE_S = 60

# memory: bytes it holds. resident: what the process occupies, with what its
# allocator has back and keeps, and libraries' pages
Footprint = collections.namedtuple ('Footprint', 'descriptors memory resident')


# ---- the test's side

class Desktop (Server):
    """settings: properties of the server, with _ for -."""

    def __init__ (self, line=LINE, **settings):
        words = [f'{name.replace ("_", "-")}={value}'
                 for name, value in settings.items ()]
        super ().__init__ ([sys.executable, __file__, line, *words],
                           stdin=subprocess.PIPE, timeout=PATIENCE_S,
                           end_timeout=PATIENCE_S)
        self.answers = 0

    def ask (self, *words):
        """What it answers to a line."""
        self.answers += 1
        self.process.stdin.write (json.dumps (words).encode () + b'\n')
        self.process.stdin.flush ()
        answer = f'^{ANSWER}{self.answers} (.*)'
        return json.loads (self.wait_line (answer, PATIENCE_S).group (1))

    def show (self, number, width=SIZE[0], height=SIZE[1]):
        """Shows a painting; returns it."""
        self.ask ('show', number, width, height)
        return painting (number, width, height)

    def stats (self, channel=None):
        stats = self.ask ('stats')
        if channel is None:
            return stats
        return next (c for c in stats['channels'] if c['name'] == channel)

    @property
    def n_clients (self):
        return len (self.stats ()['clients'])

    def n_connections (self):
        """Of all channels."""
        return sum (c['connections'] for c in self.stats ()['channels'])

    def messages (self, name):
        """How many element messages of a name there were."""
        return self.ask ('messages').get (name, 0)

    def footprint (self):
        folder = f'/proc/{self.process.pid}/fd'
        return Footprint (len (os.listdir (folder)), self.ask ('held'),
                          self.rss_bytes ())


# ---- the process itself

class Heap (ctypes.Structure):
    """struct mallinfo2 of the C library."""
    _fields_ = [(name, ctypes.c_size_t) for name in (
        'arena', 'n_free', 'n_fast', 'n_mapped', 'mapped', 'unused',
        'fast', 'used', 'free', 'top')]


LIBC = ctypes.CDLL (None)
LIBC.mallinfo2.restype = Heap


def held_bytes ():
    """What has been allocated and not been freed."""
    heap = LIBC.mallinfo2 ()
    return heap.used + heap.mapped


class Tally (list):
    """The bus: counts element messages by name, keeps what went wrong."""

    def __init__ (self):
        super ().__init__ ()
        self.counts = collections.Counter ()

    def append (self, message):
        if message.type in (Gst.MessageType.ERROR, Gst.MessageType.WARNING):
            super ().append (message)
            self.counts['wrong'] += 1
            print ('WRONG', message.get_structure ().to_string (), flush=True)
        elif message.type == Gst.MessageType.ELEMENT:
            self.counts[message.get_structure ().get_name ()] += 1


class Scene:
    """Frames of bench/scene-frames, shown at a rate from begin () until it is
    stopped."""

    def __init__ (self, desk, name, width, height):
        self.desk, self.size = desk, (width, height)
        self.process = subprocess.Popen (
            [build_path ('bench', 'scene-frames'), f'--scene={name}',
             f'--width={width}', f'--height={height}', '--frames=1000000'],
            stdout=subprocess.PIPE)
        self.timer = None

    def begin (self, rate):
        self.timer = GLib.timeout_add (1000 // rate, self.go_on)

    def go_on (self):
        width, height = self.size
        frame = self.process.stdout.read (width * height * 4)
        if len (frame) == width * height * 4:
            self.desk.show_bytes (frame, 'BGRx', width, height)
            return True
        self.timer = None      # a recording has an end
        return False

    def stop (self):
        if self.timer:
            GLib.source_remove (self.timer)
        self.process.kill ()
        self.process.wait ()
        self.process.stdout.close ()


class Puppet:
    """Each method do_… is a word."""

    def __init__ (self, desk):
        self.desk = desk
        self.desk.messages = Tally ()
        self.scene = None
        self.answers = 0
        self.encoders = []

    def obey (self):
        line = sys.stdin.readline ()
        if not line:
            return False
        word, *rest = json.loads (line)
        answer = getattr (self, 'do_' + word) (*rest)
        self.answers += 1
        print (f'{ANSWER}{self.answers} {json.dumps (answer, default=str)}',
               flush=True)
        return True

    def do_show (self, number, width, height):
        self.do_rest ()
        self.desk.show (painting (number, width, height))

    def do_prepare (self, name, width, height):
        self.do_rest ()
        self.scene = Scene (self.desk, name, width, height)

    def do_begin (self, rate):
        self.scene.begin (rate)

    def do_play (self, name, width, height, rate):
        self.do_prepare (name, width, height)
        self.do_begin (rate)

    def do_rest (self):
        if self.scene:
            self.scene.stop ()
        self.scene = None

    def do_held (self):
        return held_bytes ()

    def do_stats (self):
        return self.desk.stats ()

    def do_messages (self):
        return dict (self.desk.messages.counts)

    def do_set (self, name, value):
        self.desk['s'].set_property (name, value)

    def do_keep_encoders (self):
        """From now on."""
        self.desk.server.connect (
            'encoder-setup', lambda _, codec, encoder: bool (
                self.encoders.append (encoder)))

    def do_kill_encoders (self):
        """How many: what is in them is lost, and they take no more."""
        killed = len (self.encoders)
        while self.encoders:
            self.encoders.pop ().set_state (Gst.State.NULL)
        return killed

    def do_take_files_to (self, path):
        """Whatever viewers drop."""
        self.desk.server.connect (
            'file-transfer-request', lambda *_: Gio.File.new_for_path (
                path).append_to (Gio.FileCreateFlags.NONE, None))


def main (line, *settings):
    loop = GLib.MainLoop ()
    pairs = (setting.split ('=', 1) for setting in settings)
    desk = Desk (line)
    for name, value in pairs:
        Gst.util_set_object_arg (desk['s'], name, value)
    puppet = Puppet (desk)
    with desk:
        GLib.unix_fd_add_full (GLib.PRIORITY_DEFAULT, sys.stdin.fileno (),
                               GLib.IOCondition.IN | GLib.IOCondition.HUP,
                               lambda *_: puppet.obey ())
        GLib.unix_signal_add (GLib.PRIORITY_DEFAULT, signal.SIGINT, loop.quit)
        print ('READY', desk.port, flush=True)
        loop.run ()
        puppet.do_rest ()


if __name__ == '__main__':
    main (*sys.argv[1:])
