# SPDX-License-Identifier: LGPL-2.1-or-later
"""Byte streams both ways: ports, shared folders, USB, smartcards."""

import contextlib

from judge import *
from ports import BREAK, CLOSED, OPENED
from stage import Stage

PICTURE = 'videotestsrc is-live=true ! video/x-raw,width=64,height=64 ! s.'


@contextlib.contextmanager
def chatting (options='', viewer_options=None):
    """A stage with a port between two file descriptors, and its viewer."""
    pipe = Pipe ()
    try:
        with Stage ('spicesink name=s port=0 disable-ticketing=true', PICTURE,
                    f'fdsrc fd={pipe.source} ! s.port_0',
                    'spicesrc name=r', f'r.port_0 ! fdsink fd={pipe.sink}',
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
