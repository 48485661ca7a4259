# SPDX-License-Identifier: LGPL-2.1-or-later
"""A bad line: a port of its own that leads to a server's.

    with Line (server.port) as line, Viewer (line.port) as viewer:
        line.rate = 0            # nothing comes through
        line.rate = 1            # a byte a second, on each connection
        line.rate = None         # everything
    line.total = 100000      # bytes a second of all connections together

What viewers send always gets through. Threads of its own: a viewer behind it is
slow while the test and other viewers go on."""

import socket
import threading
import time

RECEIVE_BUFFER = 65536  # what the line holds by itself: little
PIECE = 65536
TURN = 1500             # of each of several connections that share the line
STEP_SECONDS = 0.02     # between portions, unless they would be under a byte


class Line:
    def __init__ (self, port):
        self.to_port = port
        self.listener = socket.create_server (('127.0.0.1', 0))
        self.port = self.listener.getsockname ()[1]
        self.sockets = [self.listener]
        self._rate = self._total = None
        self._free_at = 0.0    # when what all have taken is through
        self._changed = threading.Condition ()

    def __enter__ (self):
        self._start (self._accept)
        return self

    def __exit__ (self, kind, value, traceback):
        self.rate = self.total = None
        for each in self.sockets:
            try:
                each.shutdown (socket.SHUT_RDWR)
            except OSError:
                pass               # it has ended by itself
            each.close ()

    @property
    def rate (self):
        return self._rate

    @rate.setter
    def rate (self, bytes_per_second):
        with self._changed:
            self._rate = bytes_per_second
            self._changed.notify_all ()

    @property
    def total (self):
        return self._total

    @total.setter
    def total (self, bytes_per_second):
        with self._changed:
            self._total = bytes_per_second
            self._changed.notify_all ()

    def _take_turn (self, count):
        """Waits until so many bytes are through, in turn with the others."""
        with self._changed:
            if not self._total:
                return
            now = time.monotonic ()
            self._free_at = max (self._free_at, now) + count / self._total
            end = self._free_at
            while self._total and (left := end - time.monotonic ()) > 0:
                self._changed.wait (left)

    @staticmethod
    def _start (function, *arguments):
        threading.Thread (target=function, args=arguments, daemon=True).start ()

    def _accept (self):
        try:
            while True:
                viewer = self.listener.accept ()[0]
                server = socket.socket ()
                server.setsockopt (socket.SOL_SOCKET, socket.SO_RCVBUF,
                                   RECEIVE_BUFFER)
                server.connect (('127.0.0.1', self.to_port))
                self.sockets += [viewer, server]
                self._start (self._carry, viewer, server, False)
                self._start (self._carry, server, viewer, True)
        except OSError:
            pass                   # the end

    def _carry (self, source, target, is_slow):
        try:
            while data := source.recv (self._portion () if is_slow else PIECE):
                if is_slow:
                    self._take_turn (len (data))
                target.sendall (data)
        except OSError:
            pass
        self._end (source, target)

    @staticmethod
    def _end (*both):
        for each in both:
            try:
                each.shutdown (socket.SHUT_RDWR)
            except OSError:
                pass

    def _portion (self):
        """How many bytes may be carried next; waits until some may."""
        with self._changed:
            self._changed.wait_for (lambda: self._rate != 0)
            if self._rate is None:
                return TURN if self._total else PIECE
            step = max (STEP_SECONDS, 1 / self._rate)
            self._changed.wait_for (lambda: self._rate in (0, None), step)
            return int ((self._rate or 1) * step) or 1
