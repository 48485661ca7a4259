# SPDX-License-Identifier: LGPL-2.1-or-later
"""Clipboards of both ends: a viewer's, and that of an X display's programs."""

import contextlib
import ctypes
import os
import subprocess

from apps import CommandFailed, run
from channels import listen

TEXT, PNG, FILES = 1, 2, 6  # the protocol's numbers
CLIPBOARD, PRIMARY = 0, 1
BY_DEMAND = 5
TIMEOUT = 40
NAMES = {CLIPBOARD: 'clipboard', PRIMARY: 'primary'}


class Clips:
    """A viewer's clipboard: .grabs and .releases tell what the server has;
    what the viewer itself has is handed out when it is asked for."""

    def __init__ (self, viewer):
        self.viewer, self.main = viewer, viewer.main
        self.grabs = []        # (selection, types)
        self.releases = []     # selections
        self.data = []         # (selection, type, bytes)
        self.requests = []     # (selection, type)
        self.own = {}          # (selection, type) → bytes
        listen (self.main, 'main-clipboard-selection', self._on_data)
        listen (self.main, 'main-clipboard-selection-grab', self._on_grab)
        listen (self.main, 'main-clipboard-selection-release',
                lambda _, selection: self.releases.append (selection))
        listen (self.main, 'main-clipboard-selection-request', self._on_request)

    def _on_data (self, _, selection, kind, data, size):
        self.data.append ((selection, kind, bytes_at (data, size)))

    def _on_grab (self, _, selection, types, count):
        self.grabs.append ((selection, list (types[:count])))
        return True

    def _on_request (self, _, selection, kind):
        self.requests.append ((selection, kind))
        data = self.own.get ((selection, kind))
        if data is None:
            return False
        self.main.clipboard_selection_notify (selection, kind, data)
        return True

    def wait_ready (self):
        """Until there is an agent with a clipboard."""
        self.viewer.wait (lambda: self.main.agent_test_capability (BY_DEMAND),
                          TIMEOUT, 'a clipboard')

    def grab (self, data, kind=TEXT, selection=CLIPBOARD):
        self.own = {(selection, kind): data}
        self.main.clipboard_selection_grab (selection, [kind])

    def wait_grab (self, kind=TEXT, selection=CLIPBOARD):
        """Until the server has something of this type; its grabs before are
        forgotten."""
        self.viewer.wait (
            lambda: any (one == selection and kind in kinds
                         for one, kinds in self.grabs), TIMEOUT,
            lambda: f'a grab of {kind}; so far {self.grabs}')
        self.grabs.clear ()

    def fetch (self, kind=TEXT, selection=CLIPBOARD):
        """What the server has; None when it has nothing."""
        self.data.clear ()
        self.main.clipboard_selection_request (selection, kind)
        self.viewer.wait (lambda: self.data, TIMEOUT, 'data')
        assert self.data[0][0] == selection
        return self.data[0][2] if self.data[0][1] == kind else None


def bytes_at (data, size):
    """PyGObject hands a signal's data over as an address, or as a list."""
    if isinstance (data, int):
        return ctypes.string_at (data, size) if size else b''
    return bytes (data or [])


class Programs:
    """Programs of an X display that copy and paste: xclip."""

    def __init__ (self, env):
        self.env = env

    def _command (self, selection, target, *words):
        target = ['-t', target] if target else []
        return ['xclip', '-selection', NAMES[selection], *target, *words]

    def copy (self, data, target=None, selection=CLIPBOARD):
        with open ('copied', 'wb') as file:
            file.write (data)
        run (self._command (selection, target, '-i', os.path.abspath ('copied')),
             TIMEOUT, env=self.env, stdin=subprocess.DEVNULL)

    @contextlib.contextmanager
    def owning (self, data, selection=CLIPBOARD):
        """A process that has copied text, until it is left."""
        child = subprocess.Popen (
            self._command (selection, None, '-quiet', '-i'), env=self.env,
            stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        child.stdin.write (data)
        child.stdin.close ()
        try:
            yield child
        finally:
            child.kill ()
            child.wait ()

    def paste (self, target=None, selection=CLIPBOARD, timeout=TIMEOUT):
        """None when nobody has such a thing."""
        try:
            return run (self._command (selection, target, '-o'), timeout,
                        env=self.env, stdin=subprocess.DEVNULL)
        except CommandFailed:
            return None
