# SPDX-License-Identifier: LGPL-2.1-or-later
"""spice-vdagentd of Debian is the agent: spice-client-glib talks with it."""

import contextlib
import subprocess

from clips import *
from desk import *
from judge import *

DAEMON = '/usr/sbin/spice-vdagentd'


@contextlib.contextmanager
def process (*command, **options):
    child = subprocess.Popen (command, stdout=open ('agent.log', 'a'),
                              stderr=subprocess.STDOUT, **options)
    try:
        yield child
    finally:
        child.kill ()
        child.wait ()


@contextlib.contextmanager
def agent (port, screen):
    """The daemon and a session's agent on a screen; the daemon."""
    session = os.path.abspath ('agentd')
    with contextlib.suppress (FileNotFoundError):
        os.remove (session)    # of one that was killed
    with process (DAEMON, '-x', '-X', '-f', '-d', '-s', port, '-S', session,
                  '-u', '/dev/null') as daemon:
        poll (lambda: os.path.exists (session), 30, 'the daemon')
        with process ('spice-vdagent', '-x', '-d', '-s', port, '-S', session,
                      env=screen.env):
            yield daemon


def has_agent (viewer):
    return viewer.main.get_property ('agent-connected')


def test_a_daemon_shares_the_clipboard_of_its_desktop ():
    path = os.path.abspath ('port')
    with Desk (agent_port=path) as desk, Screen () as screen:
        desk.show (painting (1))
        programs = Programs (screen.env)
        with Viewer (desk.port, audio=False) as viewer:
            viewer.wait_canvas (painting (1))
            assert not has_agent (viewer)
            clips = Clips (viewer)
            with agent (path, screen):
                clips.wait_ready ()
                assert has_agent (viewer)
                large = bytes (0x20 + i * 7 % 95 for i in range (1 << 20))
                for text in (b'from the desktop', large):
                    programs.copy (text)
                    clips.wait_grab ()
                    assert clips.fetch () == text
                for text in (b'from the viewer', large):
                    clips.grab (text)
                    poll (lambda: programs.paste () == text, TIMEOUT,
                          'what the viewer has')
                # what is closed is not announced, and announced anew when open
                desk['s'].set_property ('clipboard', 1)
                viewer.wait (lambda: not viewer.main.agent_test_capability (
                    BY_DEMAND), TIMEOUT, 'the clipboard to be closed')
                desk['s'].set_property ('clipboard', 3)
                clips.wait_ready ()
            viewer.wait (lambda: not has_agent (viewer), TIMEOUT,
                         'the agent to be gone')
            desk.show (painting (2))
            viewer.wait_canvas (painting (2))
            with agent (path, screen):
                clips.wait_ready ()
        assert not viewer.errors ()


def test_a_viewer_without_daemon_has_no_agent ():
    with Desk (agent_port=os.path.abspath ('port')) as desk:
        desk.show (painting (1))
        with Viewer (desk.port, audio=False) as viewer:
            viewer.wait_canvas (painting (1))
            assert not has_agent (viewer)
    assert not os.path.exists ('port')


def test_nobody_may_be_the_agent ():
    with Desk (agent='none', agent_port=os.path.abspath ('port')) as desk:
        desk.show (painting (1))
        with Viewer (desk.port, audio=False) as viewer:
            viewer.wait_canvas (painting (1))
            assert not has_agent (viewer)
            assert not os.path.exists ('port')
            assert not viewer.errors ()


def test_the_server_may_be_the_agent_although_there_is_a_port ():
    with Desk (agent='built-in', agent_port=os.path.abspath ('port')) as desk:
        desk.show (painting (1))
        with Viewer (desk.port, audio=False) as viewer:
            viewer.wait_canvas (painting (1))
            Clips (viewer).wait_ready ()
            assert not os.path.exists ('port')


def test_a_daemon_without_a_port_is_an_error ():
    error = Desk (agent='port').start_error ()
    assert 'agent-port' in error and 'listen' not in error, error


def test_a_path_that_is_taken_is_an_error ():
    with open ('taken', 'w'):
        desk = Desk (agent_port=os.path.abspath ('taken'))
        error = desk.start_error ()
        assert 'agent-port' in error and 'taken' in error, error


test_a_daemon_shares_the_clipboard_of_its_desktop.timeout = 240
