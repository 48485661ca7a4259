# SPDX-License-Identifier: LGPL-2.1-or-later
"""Applications that take dropped files into streams of their own."""

import contextlib
import os
import threading

import numpy
from gi.repository import GLib, Gio, GObject

from desk import *
from judge import *
from test_files import LONG, MEGABYTE, Drop, listing, noise, viewing


class Taker:
    """A server whose application says where files go."""

    def __init__ (self, take, **settings):
        """take: called with (server, connection id, id, name, size) on a
        thread of the server."""
        self.done = []         # (connection id, id, name, location, reason)
        self.server = gst_spice ().Server.new (None)
        for name, value in {'port': 0, **settings}.items ():
            self.server.set_property (name.replace ('_', '-'), value)
        self.server.connect ('file-transfer-request', take)
        self.server.connect ('file-transfer-done', self._on_done)

    def _on_done (self, server, *arguments):
        self.done.append (arguments)
        GLib.MainContext.default ().wakeup ()

    def __enter__ (self):
        self.server.start ()
        self.port = self.server.get_property ('current-port')
        return self

    def __exit__ (self, *_):
        self.server.stop ()

    def wait_done (self):
        wait (lambda: self.done, LONG, 'the signal file-transfer-done')
        return self.done.pop (0)


def content (path):
    with open (path, 'rb') as file:
        return file.read ()


def test_a_file_goes_into_the_applications_stream ():
    asked = []
    stream = Gio.MemoryOutputStream.new_resizable ()

    def take (server, client, number, name, size):
        asked.append ((client, name, size))
        return stream
    with Taker (take) as taker, viewing (taker) as viewer:
        assert Drop (viewer, noise ('from/a b.bin', MEGABYTE)).wait () == 'ok'
        client, number, name, location, reason = taker.wait_done ()
        assert (name, location, reason) == ('a b.bin', None, None)
        assert asked == [(client, 'a b.bin', MEGABYTE)]
    assert stream.is_closed ()
    assert stream.steal_as_bytes ().get_data () == content ('from/a b.bin')


def test_who_does_not_answer_leaves_it_to_the_directory ():
    os.mkdir ('drop')
    with Taker (lambda *_: None, file_transfer_dir=os.path.abspath ('drop')) \
            as taker, viewing (taker) as viewer:
        assert Drop (viewer, noise ('from/a', 1000)).wait () == 'ok'
        assert taker.wait_done ()[3] == os.path.abspath ('drop/a')
        assert content ('drop/a') == content ('from/a')


def test_an_application_refuses ():
    def refuse (server, client, number, name, size):
        GObject.signal_stop_emission_by_name (server, 'file-transfer-request')
    os.mkdir ('drop')
    with Taker (refuse, file_transfer_dir=os.path.abspath ('drop')) as taker:
        with viewing (taker) as viewer:
            assert Drop (viewer, noise ('from/a', 1000)).wait () != 'ok'
            assert taker.wait_done ()[4]
    assert listing () == []


@contextlib.contextmanager
def stuck ():
    """A Taker whose stream takes little as long as nobody reads, and the end
    to read from."""
    source, sink = os.pipe ()
    stream = Gio.UnixOutputStream.new (sink, True)
    with os.fdopen (source, 'rb') as file:
        with Taker (lambda *_: stream) as taker:
            yield taker, file


def test_a_slow_stream_makes_the_viewer_wait ():
    with stuck () as (taker, file), viewing (taker) as viewer:
        drop = Drop (viewer, noise ('from/large', 20 * MEGABYTE))
        viewer.wait (lambda: drop.bytes, LONG, 'the first bytes')
        wait_seconds (1)
        assert drop.bytes < MEGABYTE, drop.bytes
        got = []
        reader = threading.Thread (target=lambda: got.append (file.read ()))
        reader.start ()
        assert drop.wait () == 'ok'
        reader.join (LONG)
        assert got == [content ('from/large')]


def test_a_stuck_file_can_be_cancelled ():
    with stuck () as (taker, file), viewing (taker) as viewer:
        client = taker.server.get_clients ()[0].get_uint (
            'connection-id').value
        assert not taker.server.emit ('file-transfer-cancel', client, 1)
        drop = Drop (viewer, noise ('from/large', 20 * MEGABYTE))
        viewer.wait (lambda: drop.bytes, LONG, 'the first bytes')
        assert taker.server.emit ('file-transfer-cancel', client, 1)
        assert drop.wait () != 'ok'
        assert taker.wait_done ()[4]


def test_a_stuck_file_does_not_hold_up_the_stop ():
    with stuck () as (taker, file), viewing (taker) as viewer:
        drop = Drop (viewer, noise ('from/large', 20 * MEGABYTE))
        viewer.wait (lambda: drop.bytes, LONG, 'the first bytes')
        taker.server.stop ()
        assert taker.wait_done ()[4]
