# SPDX-License-Identifier: LGPL-2.1-or-later
"""Byte streams: what a viewer has on a port, and what stands at the other end
of the pipeline."""

import ctypes
import os
import struct

import gi
gi.require_version ('SpiceClientGLib', '2.0')
from gi.repository import GLib, SpiceClientGLib as Client

from channels import address_of, client, listen
from loop import wait

PORT, WEBDAV, USBREDIR, SMARTCARD = 10, 11, 9, 8
DATA, COMPRESSED_DATA, PORT_INIT, PORT_EVENT = 101, 102, 201, 202
CLIENT_PORT_EVENT = 201
OPENED, CLOSED, BREAK = 0, 1, 2
ReadyFunc = ctypes.CFUNCTYPE (None, ctypes.c_void_p, ctypes.c_void_p,
                              ctypes.c_void_p)
client.spice_port_channel_write_finish.argtypes = [ctypes.c_void_p] * 3
client.spice_port_channel_write_finish.restype = ctypes.c_ssize_t


class Port:
    """A port channel of spice-client-glib."""

    def __init__ (self, channel):
        self.channel = channel
        self.data = bytearray ()
        self.events = []
        self._writes = {}      # what they need
        listen (channel, 'port-data', self._on_data)
        listen (channel, 'port-event', lambda _, event:
                self.events.append (event))

    def _on_data (self, channel, address, size):
        self.data += ctypes.string_at (address, size)

    @property
    def name (self):
        return self.channel.get_property ('port-name')

    @property
    def opened (self):
        return self.channel.get_property ('port-opened')

    def wait_opened (self, opened=True):
        wait (lambda: self.opened == opened, 30, f'opened {opened}')

    def write (self, data):
        """Once opened. The bindings would free the bytes before they are
        sent."""
        buffer = ctypes.create_string_buffer (data, len (data))

        def on_written (channel, result, _):
            error = ctypes.c_void_p ()
            n = client.spice_port_channel_write_finish (
                channel, result, ctypes.byref (error))
            self._writes.pop (key)
            assert not error and n == len (data), (n, len (data))
        callback = ReadyFunc (on_written)
        key = id (callback)
        self._writes[key] = callback, buffer
        client.spice_port_channel_write_async (
            address_of (self.channel), buffer, ctypes.c_size_t (len (data)),
            None, callback, None)

    @property
    def n_unsent (self):
        """Writes under way."""
        return len (self._writes)

    def event (self, event):
        self.channel.event (event)

    def wait_data (self, expected):
        wait (lambda: len (self.data) >= len (expected), 30,
              lambda: f'{len (self.data)} bytes of {len (expected)}')
        assert self.data == expected, (bytes (self.data[:80]), expected[:80])


class Pipe:
    """A pair of file descriptors for fdsrc and fdsink: what is written here
    goes to the viewer, what it sends is collected."""

    def __init__ (self):
        self.source, self._write = os.pipe ()  # for fdsrc
        self._read, self.sink = os.pipe ()     # for fdsink
        os.set_blocking (self._read, False)
        self.data = bytearray ()
        self.wake ()

    def _on_data (self, descriptor, condition):
        self.data += os.read (self._read, 1 << 20)
        return True

    def write (self, data):
        os.write (self._write, data)

    def sleep (self):
        """Reads no more until awake."""
        GLib.source_remove (self._watch)

    def wake (self):
        self._watch = GLib.unix_fd_add_full (
            GLib.PRIORITY_DEFAULT, self._read, GLib.IOCondition.IN,
            self._on_data)

    def end (self):
        os.close (self._write)
        self._write = None

    def wait_data (self, expected):
        wait (lambda: len (self.data) >= len (expected), 30,
              lambda: f'{len (self.data)} bytes of {len (expected)}')
        assert self.data == expected, (bytes (self.data[:80]), expected[:80])

    def close (self):
        GLib.source_remove (self._watch)
        for descriptor in (self.source, self._write, self._read, self.sink):
            if descriptor is not None:
                os.close (descriptor)


class WebdavMux:
    """HTTP connections multiplexed on a webdav port, as the server's side."""

    def __init__ (self, pipe):
        self.pipe = pipe
        self.answers = {}      # connection → bytes; ended ones stay
        self._last = 0

    def request (self, text):
        """Returns the number of the connection."""
        self._last += 1
        self.answers[self._last] = bytearray ()
        data = text.encode ()
        self.pipe.write (struct.pack ('<qH', self._last, len (data)) + data)
        return self._last

    def read (self):
        """Takes whole pieces of what has come."""
        data = self.pipe.data
        while len (data) >= 10:
            number, size = struct.unpack_from ('<qH', data)
            if len (data) < 10 + size:
                break
            self.answers[number] += data[10:10 + size]
            del data[:10 + size]

    def wait_answer (self, number, text):
        """Until it has this text; the answer."""
        def look ():
            self.read ()
            return text.encode () in self.answers[number]
        wait (look, 30, lambda: f'{text} in {bytes (self.answers[number])}')
        return self.answers[number].decode (errors='replace')
