# SPDX-License-Identifier: LGPL-2.1-or-later
"""A client down to the bytes: for bad input, counting and slowness.

    with RawLink (port) as link:
        link.open (MAIN)                     # the whole link stage
        body = link.wait_message (103)       # INIT

Every step of the link stage is a method of its own and takes wrong values.
Blocking sockets with one deadline per call; the judge's loop does not run
meanwhile. Layout: SPICE protocol 2.2, everything little endian."""

import collections
import socket
import struct
import threading
import time

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from gi.repository import GLib

MAGIC = b'REDQ'
AUTH_SELECTION, AUTH_SPICE, AUTH_SASL, MINI_HEADER = 0, 1, 2, 3
COMMON_CAPS = (AUTH_SELECTION, MINI_HEADER)
TICKET_BYTES = 128
MAX_BODY = 256 << 20
SET_ACK, PING = 3, 4
ACK_SYNC, ACK, PONG = 1, 2, 3
MAIN_INIT, ATTACH_CHANNELS, CHANNELS_LIST = 103, 104, 104
DISPLAY_INIT = 101
DISPLAY_CACHE_PIXELS = 20 << 20
GLZ_WINDOW_PIXELS = 8 << 20

Reply = collections.namedtuple ('Reply', 'error key common channel raw')
Message = collections.namedtuple ('Message', 'type body')


class Closed (Exception):
    """The server closed the connection; .got is what came before."""

    def __init__ (self, got=b''):
        super ().__init__ (f'closed after {len (got)} bytes')
        self.got = got


def words_of (bits):
    """Capability numbers as 32-bit words."""
    words = [0] * (max (bits) // 32 + 1 if bits else 0)
    for bit in bits:
        words[bit // 32] |= 1 << bit % 32
    return words


def bits_of (words):
    return {i * 32 + bit for i, word in enumerate (words)
            for bit in range (32) if word >> bit & 1}


def link_message (kind=1, number=0, connection_id=0, common=COMMON_CAPS,
                  caps=(), magic=MAGIC, major=2, minor=2, size=None,
                  common_count=None, caps_count=None, offset=18):
    """A link header and message; what is None is filled in rightly."""
    first, second = words_of (common), words_of (caps)
    body = struct.pack ('<IBBIII', connection_id, kind, number,
                        len (first) if common_count is None else common_count,
                        len (second) if caps_count is None else caps_count,
                        offset)
    body += struct.pack (f'<{len (first) + len (second)}I', *first, *second)
    return magic + struct.pack ('<III', major, minor,
                                len (body) if size is None else size) + body


def ticket_bytes (key, password):
    """The 128 bytes that carry a password."""
    oaep = padding.OAEP (padding.MGF1 (hashes.SHA1 ()), hashes.SHA1 (), None)
    return serialization.load_der_public_key (key).encrypt (
        password.encode () + b'\0', oaep)


def display_init (cache_pixels=DISPLAY_CACHE_PIXELS,
                  window_pixels=GLZ_WINDOW_PIXELS):
    return struct.pack ('<BqBi', 1, cache_pixels, 1, window_pixels)


class RawLink:
    """One connection of one channel."""

    def __init__ (self, port=None, host='127.0.0.1', unix_path=None,
                  timeout=5.0, receive_buffer=None, source=None):
        """receive_buffer: bytes the kernel may hold for us, for slow
        clients. source: the address we come from."""
        self.timeout = timeout
        self.bytes_read = 0
        self.mini = True
        self._left = b''       # read, not yet asked for
        self._serial = 0
        self._window = self._unacknowledged = 0
        kind = socket.AF_UNIX if unix_path else (
            socket.AF_INET6 if ':' in host else socket.AF_INET)
        self.socket = socket.socket (kind, socket.SOCK_STREAM)
        self.socket.settimeout (timeout)
        if receive_buffer:
            self.socket.setsockopt (socket.SOL_SOCKET, socket.SO_RCVBUF,
                                    receive_buffer)
        if source:
            self.socket.bind ((source, 0))
        self.socket.connect (unix_path or (host, port))
        if not unix_path:
            # else each second write waits for a delayed acknowledgement
            self.socket.setsockopt (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__ (self):
        return self

    def __exit__ (self, kind, value, traceback):
        self.close ()

    def close (self):
        self.socket.close ()

    # ---- bytes

    def send (self, data):
        self.socket.sendall (data)

    def read (self, count):
        """Exactly so many bytes; Closed when the server ends before, the
        socket's own timeout error when it says nothing."""
        pieces, missing = [self._left[:count]], count - len (self._left)
        self._left = self._left[count:]
        while missing > 0:
            try:
                piece = self.socket.recv (min (missing, 1 << 20))
            except ConnectionResetError:
                piece = b''
            if not piece:
                raise Closed (b''.join (pieces))
            self.bytes_read += len (piece)
            missing -= len (piece)
            pieces.append (piece)
        return b''.join (pieces)

    def read_to_end (self):
        """Everything until the server closes."""
        try:
            self.read (MAX_BODY)
        except Closed as end:
            return end.got
        raise AssertionError ('the server goes on and on')

    def is_closed (self):
        """True when the server closes within the timeout without a word."""
        return self.read_to_end () == b''

    # ---- link stage, step by step

    def send_link (self, *parameters, **named):
        self.send (link_message (*parameters, **named))

    def read_reply (self):
        header = self.read (16)
        magic, major, minor, size = struct.unpack ('<4sIII', header)
        assert (magic, major, minor) == (MAGIC, 2, 2), header
        assert 178 <= size <= 4096, size
        body = self.read (size)
        error, key, commons, caps, offset = struct.unpack_from ('<I162sIII',
                                                                body)
        words = struct.unpack_from (f'<{commons + caps}I', body, offset or 178)
        return Reply (error, key, bits_of (words[:commons]),
                      bits_of (words[commons:]), header + body)

    def send_ticket (self, key, password='', mechanism=AUTH_SPICE):
        """mechanism: None for clients that do not choose."""
        if mechanism is not None:
            self.send (struct.pack ('<I', mechanism))
        self.send (ticket_bytes (key, password))

    def read_result (self):
        return struct.unpack ('<I', self.read (4))[0]

    def open (self, kind=1, number=0, connection_id=0, password='', caps=(),
              common=COMMON_CAPS):
        """The whole link stage; returns the server's reply."""
        self.send_link (kind, number, connection_id, common, caps)
        reply = self.read_reply ()
        assert reply.error == 0, f'link error {reply.error}'
        chooses = AUTH_SELECTION in common and AUTH_SELECTION in reply.common
        self.send_ticket (reply.key, password, AUTH_SPICE if chooses else None)
        result = self.read_result ()
        assert result == 0, f'link result {result}'
        self.mini = MINI_HEADER in common and MINI_HEADER in reply.common
        return reply

    # ---- messages

    def send_message (self, kind, body=b'', size=None):
        """size: a wrong one, if it is to be wrong."""
        size = len (body) if size is None else size
        self._serial += 1
        self.send ((struct.pack ('<HI', kind, size) if self.mini else
                    struct.pack ('<QHII', self._serial, kind, size, 0)) + body)

    def read_message (self):
        if self.mini:
            kind, size = struct.unpack ('<HI', self.read (6))
        else:
            _, kind, size, _ = struct.unpack ('<QHII', self.read (18))
        assert size <= MAX_BODY, f'message {kind} of {size} bytes'
        return Message (kind, self.read (size))

    def answer (self, message):
        """Does what every client does by itself: acks and pongs."""
        if message.type == SET_ACK:
            generation, self._window = struct.unpack ('<II', message.body)
            self._unacknowledged = 0
            self.send_message (ACK_SYNC, struct.pack ('<I', generation))
            return
        if message.type == PING:
            self.send_message (PONG, message.body[:12])
        self._unacknowledged += 1
        if self._window and self._unacknowledged == self._window:
            self._unacknowledged = 0
            self.send_message (ACK)

    def wait_message (self, kind):
        """Reads and answers up to a message of this type; its body."""
        end = time.monotonic () + self.timeout
        while time.monotonic () < end:
            message = self.read_message ()
            self.answer (message)
            if message.type == kind:
                return message.body
        raise AssertionError (f'no message {kind} in {self.timeout} s')

    def listen (self, seconds):
        """Reads and answers for a while; {type: [messages, body bytes]}."""
        counts = collections.defaultdict (lambda: [0, 0])
        end = time.monotonic () + seconds
        try:
            while (left := end - time.monotonic ()) > 0:
                self.socket.settimeout (left)
                message = self._read_patiently ()
                self.answer (message)
                counts[message.type][0] += 1
                counts[message.type][1] += len (message.body)
        except TimeoutError:
            pass
        finally:
            self.socket.settimeout (self.timeout)
        return dict (counts)

    def _read_patiently (self):
        """A timeout before a message passes through; one within does not cut
        the message in two."""
        self._left += self.read (1)
        self.socket.settimeout (self.timeout)
        return self.read_message ()


class Drain (threading.Thread):
    """Reads and answers a link in the background: a fast viewer that does not
    look. For many viewers at once; give it the link and leave that alone."""

    def __init__ (self, link):
        super ().__init__ (daemon=True)
        self.link = link
        self.counts = collections.defaultdict (lambda: [0, 0])
        link.socket.settimeout (None)
        self.start ()

    def run (self):
        try:
            while True:
                message = self.link.read_message ()
                self.link.answer (message)
                self.note (message)
                GLib.MainContext.default ().wakeup ()  # wait () looks again
        except (Closed, OSError):
            pass

    def note (self, message):
        self.counts[message.type][0] += 1
        self.counts[message.type][1] += len (message.body)

    def stop (self):
        """Ends the link; {type: [messages, body bytes]} of all it read."""
        self.link.socket.shutdown (socket.SHUT_RDWR)
        self.join (10)
        self.link.close ()
        return dict (self.counts)


class RawSession:
    """A main link and whatever channels one opens beside it."""

    def __init__ (self, port=None, password='', caps=(), **options):
        self.port, self.password, self.options = port, password, options
        self.links = []
        self.main = self._new_link ()
        self.main.open (1, password=password, caps=caps)
        init = self.main.wait_message (MAIN_INIT)
        self.id = struct.unpack_from ('<I', init)[0]
        self.init = struct.unpack ('<8I', init)

    def __enter__ (self):
        return self

    def __exit__ (self, kind, value, traceback):
        for link in self.links:
            link.close ()

    def _new_link (self, **options):
        port = options.pop ('port', self.port)
        self.links.append (RawLink (port, **dict (self.options, **options)))
        return self.links[-1]

    def channels (self):
        """[(type, id)] as the server lists them."""
        self.main.send_message (ATTACH_CHANNELS)
        body = self.main.wait_message (CHANNELS_LIST)
        pairs = body[4:]
        assert len (pairs) == 2 * struct.unpack_from ('<I', body)[0], body
        return list (zip (pairs[::2], pairs[1::2]))

    def open (self, kind, number=0, caps=(), common=COMMON_CAPS, **options):
        link = self._new_link (**options)
        link.open (kind, number, self.id, self.password, caps, common)
        return link

    def open_display (self, number=0, caps=(1,), init=display_init (),
                      **options):
        """A display channel that has said what it can hold."""
        link = self.open (2, number, caps, **options)
        link.send_message (DISPLAY_INIT, init)
        return link
