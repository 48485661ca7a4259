# SPDX-License-Identifier: LGPL-2.1-or-later
"""The one loop of the judge: everything waits here, for a condition, with a
deadline. Clients, server output and timers are sources of GLib's default
context, which runs only inside wait ()."""

import time

from gi.repository import GLib


class Timeout (AssertionError):
    """A condition did not come true in time."""


def wait (condition, timeout=10.0, what=None):
    """Runs the loop until condition () is true and returns its value.

    The condition is asked once at the start and after every event. what names
    it in the Timeout; it may be a function, called only then."""
    late = []
    timer = GLib.timeout_add (max (1, int (timeout * 1000)),
                              lambda: late.append (True))
    context = GLib.MainContext.default ()
    try:
        while not (value := condition ()):
            if late:
                text = what () if callable (what) else what
                raise Timeout (f"waited {timeout} s for {text or 'a condition'}")
            context.iteration (True)
        return value
    finally:
        if not late:
            GLib.source_remove (timer)


def wait_seconds (seconds):
    """Lets clients run for a while: to see that nothing happens."""
    end = []
    GLib.timeout_add (int (seconds * 1000), lambda: end.append (True))
    wait (lambda: end, seconds + 10)


def stall (seconds):
    """Nothing runs: every Viewer of this process reads nothing meanwhile. To
    be a slow client, never to wait for something."""
    time.sleep (seconds)
