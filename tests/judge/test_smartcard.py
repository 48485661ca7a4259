# SPDX-License-Identifier: LGPL-2.1-or-later
"""A smartcard that a viewer lends: libcacard's, made of certificates, behind
spice-client-glib; the device that uses it is the test."""

import contextlib
import os
import struct
import subprocess

from desk import as_dict, poll
from judge import *
from stage import Stage

ERROR, READER_ADD, READER_REMOVE, ATR, APDU = 2, 3, 4, 5, 7
NAMES = ['identity', 'signature', 'encryption']
PICTURE = 'videotestsrc is-live=true ! video/x-raw,width=64,height=64 ! s.'
SLOW = 45
# of ISO 7816 and the Common Access Card
SELECT_FIRST_KEY = bytes.fromhex ('00a4040007a000000079010000')
READ_BUFFER = bytes.fromhex ('8052')
TAGS, VALUES = 1, 2
CERTIFICATE = 0x70
DONE = 0x9000


def certutil (*words):
    return subprocess.run (['certutil', *words, '-d', 'db'], check=True,
                           capture_output=True).stdout


def make_card ():
    """Three certificates in a database without a password."""
    os.mkdir ('db')
    certutil ('-N', '--empty-password')
    with open ('noise', 'wb') as file:
        file.write (os.urandom (64))
    for number, name in enumerate (NAMES, 1):
        certutil ('-S', '-s', f'CN={name}', '-x', '-t', 'TC,TC,TC', '-n', name,
                  '-z', 'noise', '-m', str (number))


class Device:
    """Card messages at a byte stream, as an emulated reader has them."""

    def __init__ (self, pipe):
        self.pipe = pipe

    def send (self, kind, reader, body):
        self.pipe.write (struct.pack ('>III', kind, reader, len (body)) + body)

    def wait (self):
        """The next message: type, reader, body."""
        data = self.pipe.data

        def is_whole ():
            return len (data) >= 12 and \
                len (data) >= 12 + struct.unpack_from ('>I', data, 8)[0]
        poll (is_whole, SLOW, lambda: f'a message, so far {bytes (data)}')
        kind, reader, size = struct.unpack_from ('>III', data)
        body = bytes (data[12:12 + size])
        del data[:12 + size]
        return kind, reader, body

    def ask (self, reader, command):
        """The card's answer, and its status."""
        self.send (APDU, reader, command)
        kind, number, body = self.wait ()
        assert (kind, number) == (APDU, reader), (kind, number, body)
        return body[:-2], int.from_bytes (body[-2:], 'big')

    def read_buffer (self, reader, which):
        """Of the object that is selected: tags and lengths, or values."""
        def read (start, size):
            part, status = self.ask (
                reader, READ_BUFFER + struct.pack ('>HBBBB', start, 2, which,
                                                   size, size))
            assert status == DONE and len (part) == size, (hex (status), part)
            return part
        size = 2 + int.from_bytes (read (0, 2), 'little')
        return b''.join (read (start, min (100, size - start))
                         for start in range (2, size, 100))

    def certificate (self, reader):
        """Of the key that is selected."""
        tags, values = (self.read_buffer (reader, n) for n in (TAGS, VALUES))
        found = {}
        while tags:
            tag, size, tags = tags[0], tags[1], tags[2:]
            if size == 0xff:
                size, tags = int.from_bytes (tags[:2], 'little'), tags[2:]
            found[tag], values = values[:size], values[size:]
        return found[CERTIFICATE]


@contextlib.contextmanager
def lending ():
    """A stage with a device, and a viewer that has a card."""
    make_card ()
    pipe = Pipe ()
    try:
        with Stage ('spicesink name=s port=0 disable-ticketing=true', PICTURE,
                    f'fdsrc fd={pipe.source} ! spiceportsink port-type=smartcard',
                    'spiceportsrc port-type=smartcard !',
                    f'fdsink async=false sync=false fd={pipe.sink}') as stage:
            with Viewer (stage.port, timeout=SLOW, enable_smartcard=True,
                         smartcard_db=os.path.abspath ('db'),
                         smartcard_certificates=NAMES) as viewer:
                yield stage, viewer, Device (pipe)
    finally:
        pipe.close ()


def test_a_card_is_read ():
    with lending () as (stage, viewer, device):
        kind, reader, name = device.wait ()
        assert (kind, name) == (READER_ADD, b''), (kind, name)
        device.send (ERROR, reader, struct.pack ('>I', 0))
        kind, number, atr = device.wait ()
        assert (kind, number) == (ATR, reader) and atr[:1] == b';', (kind, atr)
        assert device.ask (reader, SELECT_FIRST_KEY)[1] == DONE
        assert device.certificate (reader) == certutil ('-L', '-r', '-n', NAMES[0])
        assert not viewer.errors (), viewer.events
        server = stage['s'].get_property ('server')
        client = [as_dict (m) for m in stage.events ('spice-client-added')][0]
        # who may only look lends no card
        assert server.emit ('set-client-role', client['connection-id'], True)
        kind, number, _ = device.wait ()
        assert (kind, number) == (READER_REMOVE, reader)

test_a_card_is_read.timeout = 120
