# SPDX-License-Identifier: LGPL-2.1-or-later
"""Files that viewers drop: they come whole, safely named, or not at all."""

import contextlib
import os
import pathlib
import re
import struct

import gi
gi.require_version ('SpiceClientGLib', '2.0')
import numpy
from gi.repository import Gio, GLib, SpiceClientGLib as Client

from channels import listen
from judge import *

SCENE = 'videotestsrc is-live=true pattern=ball ! spicesink name=s port=0'
MEGABYTE = 1 << 20
LONG = 45.0                    # seconds, for what takes one when nobody else is
FILE_XFER_DISABLED = 13        # a capability of agents


def noise (path, size, seed=1):
    """A file that nothing would guess; its GFile."""
    pathlib.Path (path).parent.mkdir (parents=True, exist_ok=True)
    pathlib.Path (path).write_bytes (
        numpy.random.default_rng (seed).bytes (size))
    return Gio.File.new_for_path (os.path.abspath (path))


def equal (path, other):
    return pathlib.Path (path).read_bytes () == \
        pathlib.Path (other).read_bytes ()


def listing (path='drop'):
    """What is in the directory, hidden files too."""
    return sorted (os.listdir (path))


class Drop:
    """Some files dropped at once, and what became of them."""

    def __init__ (self, viewer, *files):
        self.viewer = viewer
        self.cancellable = Gio.Cancellable ()
        self.outcome = None    # 'ok', or the error's words
        self.tasks = []
        # its progress callback is freed after the first call
        listen (viewer.main, 'new-file-transfer',
                lambda _, task: self.tasks.append (task))
        viewer.main.file_copy_async (
            list (files), Gio.FileCopyFlags.NONE, self.cancellable,
            None, None, self._on_done, None)

    @property
    def bytes (self):
        """How much the viewer has sent."""
        return sum (task.get_transferred_bytes () for task in self.tasks)

    def _on_done (self, main, result, *_):
        try:
            main.file_copy_finish (result)
            self.outcome = 'ok'
        except GLib.Error as error:
            self.outcome = error.message

    def wait (self, timeout=LONG):
        return self.viewer.wait (lambda: self.outcome, timeout,
                                 f'the end of a drop, at {self.bytes} bytes')


def wait_agent (viewer):
    """Until the viewer knows what the agent can do."""
    viewer.wait (lambda: viewer.main.get_property ('agent-connected')
                 and viewer.main.get_property ('agent-caps-0'), LONG,
                 'the agent')


@contextlib.contextmanager
def dropping (*settings, directory='drop', **more):
    """A server that takes files."""
    os.makedirs ('drop', exist_ok=True)
    with launched (SCENE, f'file-transfer-dir={os.path.abspath (directory)}',
                   *settings, **more) as server:
        yield server


@contextlib.contextmanager
def viewing (server):
    with Viewer (server.port, only=[]) as viewer:
        wait_agent (viewer)
        yield viewer


def events (server, state):
    return server.find_all (rf'spice-file-transfer,.*state=\(string\){state}\b')


# ---- what comes

def test_a_large_file_comes_equal ():
    with dropping () as server, viewing (server) as viewer:
        drop = Drop (viewer, noise ('from/large.bin', 50 * MEGABYTE))
        assert drop.wait () == 'ok'
        assert listing () == ['large.bin']
        assert equal ('from/large.bin', 'drop/large.bin')
        viewer.wait (lambda: events (server, 'done'), LONG)
        assert len (events (server, 'started')) == 1
        assert viewer.errors () == []


def test_several_at_once_come_equal ():
    sizes = (0, 1, 2047, 65536, 3 * MEGABYTE, 70001)
    with dropping () as server, viewing (server) as viewer:
        drop = Drop (viewer, *(noise (f'from/{n}.bin', size, n)
                               for n, size in enumerate (sizes)))
        assert drop.wait () == 'ok'
        assert listing () == [f'{n}.bin' for n in range (len (sizes))]
        for name in listing ():
            assert equal (f'from/{name}', f'drop/{name}'), name
        viewer.wait (lambda: len (events (server, 'done')) == len (sizes), LONG)


def test_two_viewers_have_files_of_one_name ():
    with dropping () as server, viewing (server) as first:
        with viewing (server) as second:
            drops = [Drop (first, noise ('a/same.txt', 5 * MEGABYTE, 1)),
                     Drop (second, noise ('b/same.txt', 5 * MEGABYTE, 2))]
            assert [drop.wait () for drop in drops] == ['ok', 'ok']
        names = listing ()
        assert names == ['same (2).txt', 'same.txt'], names
        kept = [pathlib.Path ('drop', name).read_bytes () for name in names]
        assert set (kept) == {pathlib.Path (f'{folder}/same.txt').read_bytes ()
                              for folder in 'ab'}


def test_what_is_there_stays ():
    with dropping () as server, viewing (server) as viewer:
        pathlib.Path ('drop/report.pdf').write_text ('mine')
        pathlib.Path ('secret').write_text ('not yours')
        os.symlink (os.path.abspath ('secret'), 'drop/report (2).pdf')
        os.mkfifo ('drop/report (3).pdf')
        assert Drop (viewer, noise ('from/report.pdf', 1000)).wait () == 'ok'
        assert equal ('from/report.pdf', 'drop/report (4).pdf')
        assert pathlib.Path ('drop/report.pdf').read_text () == 'mine'
        assert pathlib.Path ('secret').read_text () == 'not yours'
        assert len (listing ()) == 4


# ---- what does not come

def test_a_cancelled_file_leaves_nothing ():
    with dropping () as server, viewing (server) as viewer:
        drop = Drop (viewer, noise ('from/large.bin', 50 * MEGABYTE))
        viewer.wait (lambda: drop.bytes > 20 * MEGABYTE, LONG)
        drop.cancellable.cancel ()
        assert drop.wait () != 'ok'
        viewer.wait (lambda: events (server, 'cancelled'), LONG)
        assert listing () == []
        assert Drop (viewer, noise ('from/next', 1000)).wait () == 'ok'
        assert listing () == ['next']


def test_a_viewer_that_goes_leaves_nothing ():
    with dropping () as server:
        with viewing (server) as viewer:
            drop = Drop (viewer, noise ('from/large.bin', 50 * MEGABYTE))
            viewer.wait (lambda: drop.bytes > 5 * MEGABYTE, LONG)
        server.wait_line (r'spice-file-transfer,.*state=\(string\)failed', LONG)
        assert listing () == []


def test_a_server_that_stops_leaves_nothing ():
    with dropping () as server, viewing (server) as viewer:
        drop = Drop (viewer, noise ('from/large.bin', 50 * MEGABYTE))
        viewer.wait (lambda: drop.bytes > 5 * MEGABYTE, LONG)
        server.process.terminate ()
        server.wait_end (LONG)
        assert listing () == []


def test_off_by_default ():
    with launched (SCENE) as server, viewing (server) as viewer:
        assert viewer.main.agent_test_capability (FILE_XFER_DISABLED)
        assert Drop (viewer, noise ('from/a', 1000)).wait () != 'ok'
    with dropping () as server, viewing (server) as viewer:
        assert not viewer.main.agent_test_capability (FILE_XFER_DISABLED)


def test_switched_off_with_a_directory ():
    with dropping ('file-transfer=false') as server, viewing (server) as viewer:
        assert viewer.main.agent_test_capability (FILE_XFER_DISABLED)
        assert Drop (viewer, noise ('from/a', 1000)).wait () != 'ok'
        assert listing () == []


def test_lookers_on_drop_nothing ():
    with dropping ('view-only=true') as server, viewing (server) as viewer:
        assert Drop (viewer, noise ('from/a', 1000)).wait () != 'ok'
        assert listing () == []


def test_size_and_quota_are_kept ():
    with dropping ('file-transfer-max-size=1000000',
                   'file-transfer-quota=1500000') as server:
        with viewing (server) as viewer:
            assert Drop (viewer, noise ('from/a', 1000001)).wait () != 'ok'
            assert Drop (viewer, noise ('from/b', 1000000)).wait () == 'ok'
            assert Drop (viewer, noise ('from/c', 500001)).wait () != 'ok'
            assert Drop (viewer, noise ('from/d', 500000)).wait () == 'ok'
            assert Drop (viewer, noise ('from/e', 1)).wait () != 'ok'
            for name, size in ('a', 1000001), ('c', 500001), ('e', 1):
                server.wait_line (rf'name=\(string\){name},'
                                  r' state=\(string\)failed.*'
                                  rf'reason=.*{size}\D', LONG)
        assert listing () == ['b', 'd']


def test_a_name_that_leads_upwards_is_refused ():
    with dropping () as server, viewing (server) as viewer:
        # the viewer tells no more than the last part of a path, but any byte
        # of that
        assert Drop (viewer, noise ('from/..\\evil', 1000)).wait () != 'ok'
        server.wait_line (r'state=\(string\)failed.*leads.* elsewhere', LONG)
        assert Drop (viewer, noise ('from/good', 1000)).wait () == 'ok'
        assert listing () == ['good']
        assert viewer.errors () == []


def test_no_directory_is_told ():
    with dropping (directory='nowhere') as server, viewing (server) as viewer:
        server.wait_line (r'warning: There is no directory .*nowhere', LONG)
        assert Drop (viewer, noise ('from/a', 1000)).wait () != 'ok'
        server.wait_line (r'state=\(string\)failed.*nowhere', LONG)
        assert viewer.errors () == []


# ---- down to the bytes

AGENT_DATA, AGENT_TOKEN = 109, 110
TO_AGENT_START, TO_AGENT_DATA = 106, 107
START, STATUS, DATA, ANNOUNCE = 10, 11, 12, 6
CAN_SEND, CANCELLED, ERROR, SUCCESS, NO_SPACE, DISABLED = 0, 1, 2, 3, 4, 7
DETAILED = 1 << 14
CHUNK = 2048


class Agent:
    """An agent's viewer, over a main link of its own. As some web clients do,
    it announces no more than the first three capabilities."""

    def __init__ (self, server, caps=7):
        self.session = RawSession (server.port, timeout=LONG)
        self.main = self.session.main
        self.tokens = self.session.init[5]
        self.caps = None       # what the agent can do
        self.statuses = []     # (id, result, details)
        self.main.send_message (TO_AGENT_START, struct.pack ('<I', 0xffffffff))
        self.send (ANNOUNCE, struct.pack ('<II', 1, caps))
        while self.caps is None:
            self.read ()

    def __enter__ (self):
        return self

    def __exit__ (self, *_):
        self.session.__exit__ (*_)

    def read (self):
        message = self.main.read_message ()
        self.main.answer (message)
        if message.type == AGENT_TOKEN:
            self.tokens += struct.unpack ('<I', message.body)[0]
        if message.type == AGENT_DATA:
            kind = struct.unpack_from ('<I', message.body, 4)[0]
            body = message.body[20:]
            if kind == ANNOUNCE:
                self.caps = struct.unpack_from ('<I', body, 4)[0]
            elif kind == STATUS:
                self.statuses.append ((*struct.unpack_from ('<II', body),
                                       body[8:]))

    def send_piece (self, data):
        while self.tokens == 0:
            self.read ()
        self.tokens -= 1
        self.main.send_message (TO_AGENT_DATA, data)

    def send (self, kind, body, size=None):
        data = struct.pack ('<IIQI', 1, kind, 0,
                            len (body) if size is None else size) + body
        for at in range (0, len (data), CHUNK):
            self.send_piece (data[at:at + CHUNK])

    def start (self, number, name=b'a.txt', size=b'5', text=None):
        self.send (START, struct.pack ('<I', number) + (
            text or b'[vdagent-file-xfer]\nname=%s\nsize=%s\n' % (name, size)))

    def data (self, number, data, size=None):
        self.send (DATA, struct.pack (
            '<IQ', number, len (data) if size is None else size) + data)

    def status (self, number):
        """The next word about a file: its result and details."""
        while not (mine := [s for s in self.statuses if s[0] == number]):
            self.read ()
        self.statuses.remove (mine[0])
        return mine[0][1:]

    def drop (self, number, data, name=b'a.txt'):
        self.start (number, name, b'%d' % len (data))
        result = self.status (number)[0]
        if result != CAN_SEND:
            return result
        self.data (number, data)
        return self.status (number)[0]


def test_a_web_client_drops ():
    with dropping () as server, Agent (server) as agent:
        assert not agent.caps & 1 << FILE_XFER_DISABLED
        assert agent.drop (1, b'hello') == SUCCESS
        assert agent.drop (1, b'') == SUCCESS
        assert agent.drop (2, bytes (100000), b'z') == SUCCESS
        assert listing () == ['a (2).txt', 'a.txt', 'z']
        assert pathlib.Path ('drop/a.txt').read_bytes () == b'hello'


def test_bad_names_are_made_safe ():
    with dropping () as server, Agent (server) as agent:
        for name, safe in ((b'/etc/passwd', 'passwd'), (b'.hidden', 'hidden'),
                           (b'C:\\\\dir\\\\x.txt', 'x.txt'),
                           (b'a\\nb\x1b', 'ab'), (b'sub/dir/f', 'f'),
                           (b'y' * 3000 + b'.txt', 'y' * 196 + '.txt')):
            assert agent.drop (7, b'12345', name) == SUCCESS, name
            assert listing () == [safe], (name, listing ())
            os.unlink (f'drop/{safe}')
        for name in (b'../../evil', b'sub/../evil', b'..\\\\..\\\\x.txt',
                     b'..', b'.', b'/', b'', b'a/', b'\xff\xfe', b'\\n', b' '):
            assert agent.drop (7, b'12345', name) == ERROR, name
        assert listing () == []
        assert sorted (os.listdir ('.')) == ['drop', 'plugins', 'registry.bin']


def test_bad_starts_are_refused ():
    with dropping () as server, Agent (server) as agent:
        for size in (b'-1', b'', b'x', b'99999999999999999999', b'1e3'):
            agent.start (3, size=size)
            assert agent.status (3)[0] == ERROR, size
        for text in (b'nonsense', b'[vdagent-file-xfer]\nname=a\n',
                     b'[x]\nname=a\nsize=1\n', b'\0' * 50,
                     b'[vdagent-file-xfer]\nname=a\nsize=1\n'
                     + b'#' * 4096):
            agent.start (3, text=text)
            assert agent.status (3)[0] == ERROR, text
        assert agent.drop (3, b'12345') == SUCCESS


def test_more_than_announced_fails ():
    with dropping () as server, Agent (server) as agent:
        agent.start (1)
        assert agent.status (1)[0] == CAN_SEND
        agent.data (1, b'123456')
        assert agent.status (1)[0] == ERROR
        agent.start (2)
        assert agent.status (2)[0] == CAN_SEND
        agent.data (2, b'123', 5)
        assert agent.status (2)[0] == ERROR
        agent.data (99, b'of nothing known')
        server.wait_line (r'id=\(uint\)2,.*state=\(string\)failed', LONG)
        assert listing () == []
        assert agent.drop (1, b'12345') == SUCCESS


def test_an_id_is_one_files ():
    with dropping () as server, Agent (server) as agent:
        with Agent (server) as other:
            agent.start (1)
            assert agent.status (1)[0] == CAN_SEND
            other.start (1, b'b.txt')          # their own number 1
            assert other.status (1)[0] == CAN_SEND
            other.send (STATUS, struct.pack ('<II', 1, CANCELLED))
            server.wait_line (r'b.txt.*state=\(string\)cancelled', LONG)
            other.data (1, b'98765')           # of a file that is not theirs
            agent.data (1, b'12345')
            assert agent.status (1)[0] == SUCCESS
        agent.start (2, b'c.txt')
        assert agent.status (2)[0] == CAN_SEND
        agent.start (2, b'd.txt')
        assert agent.status (2)[0] == ERROR
        server.wait_line (r'c.txt.*state=\(string\)failed', LONG)
        assert listing () == ['a.txt']


def test_sixteen_files_of_a_viewer ():
    with dropping () as server, Agent (server) as agent:
        for number in range (16):
            agent.start (number)
            assert agent.status (number)[0] == CAN_SEND
        agent.start (16)
        assert agent.status (16)[0] == ERROR
        agent.send (STATUS, struct.pack ('<II', 3, CANCELLED))
        server.wait_line (r'id=\(uint\)3,.*state=\(string\)cancelled', LONG)
        agent.start (16)
        assert agent.status (16)[0] == CAN_SEND


def test_who_knows_details_gets_them ():
    settings = 'file-transfer-max-size=4'
    with dropping (settings) as server, Agent (server) as agent:
        agent.start (1)
        assert agent.status (1) == (ERROR, b'')
    with dropping (settings) as server, Agent (server, 7 | DETAILED) as agent:
        agent.start (1)
        assert agent.status (1) == (NO_SPACE, struct.pack ('<Q', 4))
    with launched (SCENE) as server, Agent (server, 7 | DETAILED) as agent:
        assert agent.caps & 1 << FILE_XFER_DISABLED
        agent.start (1)
        assert agent.status (1) == (DISABLED, b'')


def test_a_header_in_pieces ():
    """What stands before the bytes may come byte by byte."""
    with dropping () as server, Agent (server) as agent:
        agent.start (1)
        assert agent.status (1)[0] == CAN_SEND
        body = struct.pack ('<IQ', 1, 5) + b'12345'
        agent.send_piece (struct.pack ('<IIQI', 1, DATA, 0, len (body)))
        for byte in body:
            agent.send_piece (bytes ([byte]))
        assert agent.status (1)[0] == SUCCESS
        assert pathlib.Path ('drop/a.txt').read_bytes () == b'12345'
