# SPDX-License-Identifier: LGPL-2.1-or-later
"""Byte streams both ways: ports, shared folders, USB, smartcards."""

import contextlib
import hashlib
import os
import struct
import subprocess
import threading

from desk import as_dict
from judge import *
from ports import BREAK, CLOSED, DATA, WebdavMux
from server import build_path
from stage import Stage

PICTURE = 'videotestsrc is-live=true ! video/x-raw,width=64,height=64 ! s.'


@contextlib.contextmanager
def chatting (options='', viewer_options=None, port=''):
    """A stage with a port between two file descriptors, and its viewer."""
    pipe = Pipe ()
    try:
        with Stage ('spicesink name=s port=0 disable-ticketing=true', port,
                    PICTURE, f'fdsrc fd={pipe.source} ! s.port_0',
                    'spicesrc name=r', port, f'r.port_0 ! fdsink fd={pipe.sink}',
                    options) as stage:
            with Viewer (stage.port, **(viewer_options or {})) as viewer:
                yield stage, viewer, pipe
    finally:
        pipe.close ()


def test_a_chat ():
    with chatting () as (stage, viewer, pipe):
        port = viewer.part (PORT)
        port.wait_opened ()
        assert port.name == 'org.gst-spice.port.0', port.name
        pipe.write (b'hello')
        port.wait_data (b'hello')
        port.write (b'hello to you')
        pipe.wait_data (b'hello to you')
        pipe.end ()
        port.wait_opened (False)
        assert not viewer.errors (), viewer.events


def test_events_reach_both_sides ():
    with chatting () as (stage, viewer, pipe):
        port = viewer.part (PORT)
        port.wait_opened ()
        port.event (BREAK)
        viewer.wait (lambda: [e for e in stage.events ('spice-port-event')
                              if e.get_string ('event') == 'break'])
        server = stage['s'].get_property ('server')
        assert server.emit ('port-event', port.name, 'break')
        viewer.wait (lambda: BREAK in port.events)
        pipe.end ()
        viewer.wait (lambda: CLOSED in port.events)


def test_who_comes_next_has_the_port_when_it_is_free ():
    with chatting () as (stage, viewer, pipe):
        viewer.part (PORT).wait_opened ()
        with Viewer (stage.port) as second:
            second.wait (lambda: second.is_open (MAIN))
            pipe.write (b'for the first')
            viewer.part (PORT).wait_data (b'for the first')
            viewer.close ()
            port = second.part (PORT)
            port.wait_opened ()
            pipe.write (b'for the second')
            port.wait_data (b'for the second')
            port.write (b'of the second')
            pipe.wait_data (b'of the second')


def test_what_is_said_to_nobody_waits ():
    with chatting () as (stage, viewer, pipe):
        viewer.part (PORT).wait_opened ()
        viewer.close ()
        viewer.wait (lambda: [
            e for e in stage.events ('spice-port-event')
            if e.get_string ('event') == 'client-detached'], 30)
        pipe.write (b'said to nobody')
        with Viewer (stage.port) as second:
            second.part (PORT).wait_data (b'said to nobody')


def test_a_broadcast_is_for_all ():
    with chatting (port='port_0::broadcast=true') as (
            stage, viewer, pipe), Viewer (stage.port) as second:
        server = stage['s'].get_property ('server')
        clients = as_dict (server.emit ('get-clients'))['clients']
        assert len (clients) == 2, clients
        for client in clients:
            assert server.emit ('set-client-role', client['connection-id'],
                                True)
        for one in (viewer, second):
            one.part (PORT).wait_opened ()
        pipe.write (b'to whom it may concern')
        for one in (viewer, second):
            one.part (PORT).wait_data (b'to whom it may concern')
        viewer.part (PORT).write (b'unheard')
        viewer.close ()
        pipe.write (b', again')
        second.part (PORT).wait_data (b'to whom it may concern, again')
        assert not pipe.data and not second.errors ()


def test_names_are_those_of_the_pipeline ():
    with Stage ('spicesink name=s port=0 disable-ticketing=true', PICTURE,
                'fakesrc num-buffers=0 ! spiceportsink port-name=org.example.a',
                'spiceportsrc port-name=org.example.b ! fakesink async=false'
                ) as stage, Viewer (stage.port) as viewer:
        ports = [viewer.part (PORT, n) for n in (0, 1)]
        viewer.wait (lambda: {port.name for port in ports} ==
                     {'org.example.a', 'org.example.b'}, 30,
                     lambda: [port.name for port in ports])


# ---- flow

BLOCK = 256 * 1024
N_BLOCKS = 400  # 100 MiB


def blocks ():
    """No two are equal."""
    noise = os.urandom (BLOCK - 8)
    for number in range (N_BLOCKS):
        yield number.to_bytes (8, 'little') + noise


class Sender (threading.Thread):
    def __init__ (self, link):
        super ().__init__ (daemon=True)
        self.link = link
        self.sent = hashlib.sha256 ()
        self.start ()

    def run (self):
        for block in blocks ():
            self.link.send_message (DATA, block)
            self.sent.update (block)


def test_a_hundred_megabytes_come_back_equal ():
    with Stage ('spicesink name=s port=0 disable-ticketing=true', PICTURE,
                'spicesrc name=r r.port_0 ! s.port_0') as stage:
        with RawSession (stage.port, timeout=60) as session:
            link = session.open (PORT)
            sender = Sender (link)
            got, size = hashlib.sha256 (), 0
            while size < BLOCK * N_BLOCKS:
                message = link.read_message ()
                if message.type == DATA:
                    got.update (message.body)
                    size += len (message.body)
            sender.join ()
            assert got.digest () == sender.sent.digest ()


test_a_hundred_megabytes_come_back_equal.timeout = 180


def test_a_consumer_that_sleeps_stops_its_sender_alone ():
    with chatting () as (stage, viewer, pipe):
        pipe.sleep ()
        port = viewer.part (PORT)
        port.wait_opened ()
        block = os.urandom (60000)
        for _ in range (300):          # 18 MB
            port.write (block)
        viewer.wait_canvas (lambda picture: picture.any ())
        changes = viewer.display ().changes
        viewer.wait (lambda: viewer.display ().changes > changes + 20)
        assert port.n_unsent > 0, 'all was taken'
        pipe.wake ()
        pipe.wait_data (block * 300)
        assert port.n_unsent == 0


# ---- kinds

@contextlib.contextmanager
def sharing (folder):
    """A stage with a webdav port, and a viewer that shares the folder."""
    pipe = Pipe ()
    try:
        with Stage ('spicesink name=s port=0 disable-ticketing=true', PICTURE,
                    f'fdsrc fd={pipe.source} ! spiceportsink port-type=webdav',
                    'spiceportsrc port-type=webdav !',
                    f'fdsink async=false fd={pipe.sink}') as stage:
            with Viewer (stage.port, shared_dir=folder) as viewer:
                yield stage, viewer, pipe
    finally:
        pipe.close ()


def test_a_shared_folder_is_listed ():
    os.mkdir ('shared')
    with open ('shared/hello.txt', 'w') as file:
        file.write ('hello from the viewer')
    folder = os.path.abspath ('shared')
    with sharing (folder) as (stage, viewer, pipe):
        mux = WebdavMux (pipe)
        got = mux.request ('GET /hello.txt HTTP/1.1\r\nHost: localhost\r\n\r\n')
        assert mux.wait_answer (got, 'hello from the viewer').startswith (
            'HTTP/1.1 200')
        listed = mux.request ('PROPFIND / HTTP/1.1\r\nHost: localhost\r\n'
                              'Depth: 1\r\nContent-Length: 0\r\n\r\n')
        assert mux.wait_answer (listed, 'hello.txt').startswith ('HTTP/1.1 207')


def raw_exchange (kind, name, sent, expected, reply, reply_seen):
    """What a client sends comes out of a port, what goes in reaches it."""
    pipe = Pipe ()
    try:
        with Stage (f'fdsrc fd={pipe.source} ! spiceportsink name=s port=0',
                    f'disable-ticketing=true port-type={name}',
                    f'spiceportsrc port-type={name} !',
                    f'fdsink async=false fd={pipe.sink}') as stage:
            with RawSession (stage.port) as session:
                link = session.open (kind)
                link.send_message (DATA, sent)
                pipe.wait_data (expected)
                pipe.write (reply)
                assert link.wait_message (DATA) == reply_seen
    finally:
        pipe.close ()


def test_usb_packets_pass_both_ways ():
    # a hello of usbredir 0.7: type 0, length, id 0, version, capabilities
    def hello (version):
        body = version.ljust (64, b'\0') + struct.pack ('<I', 0xff)
        return struct.pack ('<III', 0, len (body), 0) + body
    client, host = hello (b'a viewer'), hello (b'a host')
    raw_exchange (USBREDIR, 'usbredir', client, client, host, host)


@contextlib.contextmanager
def usb_end (role, source, sink):
    """usbredirparser's half of a redirection, between two descriptors."""
    with open (role + '.log', 'w') as log:
        child = subprocess.Popen ([build_path ('tests', 'judge', 'usb-end'), role],
                                  stdin=source, stdout=sink, stderr=log)
    try:
        yield child
    finally:
        child.kill ()
        child.wait ()


def carry (read, write):
    """Passes on what comes until one side ends."""
    with contextlib.suppress (OSError, EOFError):
        while data := read ():
            write (data)


def test_a_usb_device_is_used_through_the_channel ():
    """A machine and a device, both by usbredirparser; the viewer passes on what
    the channel brings."""
    to_guest, from_guest, to_host, from_host = (os.pipe () for _ in range (4))
    with Stage (f'fdsrc fd={from_guest[0]} ! spiceportsink name=s port=0',
                'disable-ticketing=true port-type=usbredir',
                'spiceportsrc port-type=usbredir !',
                f'fdsink async=false sync=false fd={to_guest[1]}') as stage, \
            RawSession (stage.port, timeout=60) as session:
        link = session.open (USBREDIR)
        ways = [(lambda: link.wait_message (DATA),
                 lambda data: os.write (to_host[1], data)),
                (lambda: os.read (from_host[0], 1 << 16),
                 lambda data: link.send_message (DATA, data))]
        with usb_end ('host', to_host[0], from_host[1]), \
                usb_end ('guest', to_guest[0], from_guest[1]) as guest:
            for way in ways:
                threading.Thread (target=carry, args=way, daemon=True).start ()
            assert guest.wait (60) == 0, open ('guest.log').read ()
    assert open ('guest.log').read () == 'equal 40 blocks\n'

test_a_usb_device_is_used_through_the_channel.timeout = 120


def test_smartcard_messages_pass_both_ways ():
    no_reader = 0xffffffff
    raw_exchange (
        SMARTCARD, 'smartcard',
        struct.pack ('<III', 3, no_reader, 6) + b'reader',
        struct.pack ('>III', 3, 0, 0),
        struct.pack ('>IIII', 2, 0, 4, 0),
        struct.pack ('<IIII', 2, 0, 4, 0))
