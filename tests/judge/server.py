# SPDX-License-Identifier: LGPL-2.1-or-later
"""Starts a program that serves, listens to what it prints, ends it."""

import os
import re
import signal
import subprocess

from gi.repository import GLib

from loop import wait

ROOT = os.path.dirname (os.path.dirname (os.path.dirname (
    os.path.abspath (__file__))))
SANITIZER = re.compile (
    r'(ERROR|WARNING): \w+Sanitizer|runtime error:')
PLUGINS = ('coreelements', 'videotestsrc', 'audiotestsrc', 'videoconvertscale',
           'audioconvert', 'audioresample')
MAX_LINES = 20000  # of output kept
OUR_SIGNALS = (0, -signal.SIGINT, 128 + signal.SIGINT)


def stacks (pid):
    """Where the threads of a program stand that does not end."""
    return subprocess.run (
        ['gdb', '-p', str (pid), '-batch', '-ex', 'thread apply all bt'],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True).stdout


class ServerFailed (AssertionError):
    """The program died, would not end, or a sanitizer complained."""


def build_path (*parts):
    """A file of the build tree: $JUDGE_BUILD, or build/ in the source tree."""
    build = os.environ.get ('JUDGE_BUILD') or os.path.join (ROOT, 'build')
    return os.path.join (build, *parts)


class Server:
    """A context manager around a command line.

    Entering waits for a line of output (standard output or error) that
    matches ready; its first group, if any, is .address, and .port as a number
    when it is one. Leaving sends SIGINT, waits, and fails when the program
    had died before, had to be killed, or a sanitizer reported. A program that
    ends by itself is waited for with wait_end ()."""

    def __init__ (self, command, ready=r'READY (\S+)', env=None, timeout=20.0,
                  end_timeout=10.0, stdin=subprocess.DEVNULL):
        self.command = [str (word) for word in command]
        self.ready = ready
        self.env = dict (os.environ, **(env or {}))
        self.timeout = timeout
        self.end_timeout = end_timeout
        self.stdin = stdin
        self.lines = []
        self.address = self.port = self.process = None
        self._rest = b''
        self._open = False
        self._ended = False    # by itself, and well

    def __enter__ (self):
        self.process = subprocess.Popen (
            self.command, env=self.env, stdin=self.stdin,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        descriptor = self.process.stdout.fileno ()
        os.set_blocking (descriptor, False)
        self._open = True
        GLib.unix_fd_add_full (GLib.PRIORITY_DEFAULT, descriptor,
                               GLib.IOCondition.IN | GLib.IOCondition.HUP,
                               self._on_output)
        try:
            match = self.wait_line (self.ready, self.timeout)
        except BaseException:
            self.process.kill ()
            self.process.wait ()
            raise
        if match.groups ():
            self.address = match.group (1)
            self.port = int (self.address) if self.address.isdigit () else None
        return self

    def __exit__ (self, kind, value, traceback):
        alive = self.process.poll () is None
        killed = self._end () if alive else False
        self._drain ()
        if kind is not None:
            print (self.output (), flush=True)
            return
        if not alive and not self._ended:
            self._fail (f'died with {self.process.returncode}')
        if killed:
            self._fail (f'did not end within {self.end_timeout} s of SIGINT')
        if self.process.returncode not in OUR_SIGNALS:
            self._fail (f'ended with {self.process.returncode}')
        if SANITIZER.search (self.output ()):
            self._fail ('sanitizer report')

    def _fail (self, why):
        raise ServerFailed (f'{self.command[0]}: {why}\n{self.output ()}')

    def _end (self):
        self.process.send_signal (signal.SIGINT)
        try:
            self.process.wait (self.end_timeout)
        except subprocess.TimeoutExpired:
            print (stacks (self.process.pid), flush=True)
            self.process.kill ()
            self.process.wait ()
            return True
        return False

    def _drain (self):
        """Reads what is left; a grandchild may hold the pipe open."""
        while self._open and self._read ():
            pass

    def _on_output (self, descriptor, condition):
        self._read ()
        return self._open

    def _read (self):
        """False when there is nothing to read now."""
        try:
            data = os.read (self.process.stdout.fileno (), 65536)
        except BlockingIOError:
            return False
        if not data:
            self._open = False
            return False
        *lines, self._rest = (self._rest + data).split (b'\n')
        self.lines += [line.decode (errors='replace') for line in lines]
        del self.lines[:-MAX_LINES]
        return True

    def wait_end (self, timeout=20.0):
        """Waits for a program that ends by itself; it must succeed."""
        wait (lambda: not self._open, timeout, f'{self.command[0]} to end')
        self._ended = self.process.wait (timeout) == 0

    # ---- what it said

    def output (self, last=60):
        return '\n'.join (self.lines[-last:])

    def find (self, pattern):
        """The last line matching pattern, as a match; None without one."""
        for line in reversed (self.lines):
            if match := re.search (pattern, line):
                return match
        return None

    def find_all (self, pattern):
        return [m for line in self.lines if (m := re.search (pattern, line))]

    def wait_line (self, pattern, timeout=10.0):
        """Waits for a line, past or future; fails at once if it died."""
        def look ():
            if match := self.find (pattern):
                return match
            if not self._open:
                self._fail (f'ended before printing {pattern!r}')
            return None
        return wait (look, timeout, lambda: f'{pattern!r} from'
                     f' {self.command[0]}\n{self.output ()}')

    def cpu_seconds (self):
        """User and system time it has used so far."""
        with open (f'/proc/{self.process.pid}/stat') as file:
            fields = file.read ().rpartition (')')[2].split ()
        return (int (fields[11]) + int (fields[12])) / os.sysconf ('SC_CLK_TCK')

    def rss_bytes (self):
        """Memory it occupies now."""
        with open (f'/proc/{self.process.pid}/statm') as file:
            return int (file.read ().split ()[1]) * os.sysconf ('SC_PAGE_SIZE')


def reference (*options, program='reference-feeder', **more):
    """The reference server: libspice-server fed with a scene.

    Its library leaks a little when it ends, which is none of our business."""
    asan = os.environ.get ('ASAN_OPTIONS', '') + ':detect_leaks=0'
    return Server ([build_path ('bench/reference', program), *options],
                   env={'ASAN_OPTIONS': asan}, **more)


def pipeline (*words, ready=r'current-port(?: =|=\(\w+\)) ?([1-9]\d*)',
              **more):
    """gst-launch-1.0 with the plugins of the build tree.

    A word is a piece of the launch line; one with blanks is split. Bus
    messages and property changes are among its lines. Ready is when an
    element tells its current-port."""
    line = [part for word in words for part in str (word).split ()]
    env = {'GST_PLUGIN_PATH': build_path ('gst'),
           'GST_REGISTRY': build_path ('judge-registry.bin')}
    env.update (more.pop ('env', {}))
    return Server (['gst-launch-1.0', '-v', '-m', *line], ready, env, **more)


def sanitizer_environment ():
    """Of a program that a sanitizer may be built into: it ends at the first
    error, race or leak. GLib is built without; a library tells of its
    locks."""
    supp = os.path.join (ROOT, 'scripts', 'lsan.supp')
    env = {
        # what was freed is kept a while: little, so that growth is seen; see
        # scripts/test for the last
        'ASAN_OPTIONS': 'detect_leaks=1:quarantine_size_mb=2'
                        ':intercept_tls_get_addr=0',
        'UBSAN_OPTIONS': 'halt_on_error=1:print_stacktrace=1',
        'TSAN_OPTIONS': 'ignore_noninstrumented_modules=1:halt_on_error=1',
        'LSAN_OPTIONS': f'suppressions={supp}:print_suppressions=0',
        'G_DEBUG': 'fatal-criticals',
    }
    library = build_path ('tsan-glib.so')
    if os.path.exists (library):
        env['LD_PRELOAD'] = library
    return env


def link_plugins ():
    """A folder with the few plugins of GStreamer that tests need: a sanitized
    program loads every plugin it finds itself, and foreign ones leak."""
    folder = subprocess.run (
        ['pkg-config', '--variable=pluginsdir', 'gstreamer-1.0'], check=True,
        stdout=subprocess.PIPE, text=True).stdout.strip ()
    os.makedirs ('plugins', exist_ok=True)
    for name in PLUGINS:
        if not os.path.lexists (f'plugins/{name}.so'):
            os.symlink (f'{folder}/libgst{name}.so', f'plugins/{name}.so')
    return os.path.abspath ('plugins')


def launched (*words, **more):
    """As pipeline (), with a launcher of the build tree, which may be built
    with a sanitizer. Messages of elements are among its lines."""
    line = [part for word in words for part in str (word).split ()]
    ours = [build_path ('gst', name) for name in ('spicesink', 'spicesrc')]
    env = {
        **sanitizer_environment (),
        'GST_PLUGIN_PATH': ':'.join (ours),
        'GST_PLUGIN_SYSTEM_PATH_1_0': link_plugins (),
        'GST_REGISTRY': os.path.abspath ('registry.bin'),
        'GST_REGISTRY_FORK': 'no',
        **more.pop ('env', {}),
    }
    return Server ([build_path ('tests', 'judge', 'judge-launch'), *line],
                   env=env, **more)


def scene_frames (scene, first, count, width=1280, height=720):
    """Frames of a scene, each H×W×3, blue first."""
    import numpy
    raw = subprocess.run (
        [build_path ('bench/scene-frames'), f'--scene={scene}',
         f'--first={first}', f'--frames={count}', f'--width={width}',
         f'--height={height}'], check=True, stdout=subprocess.PIPE).stdout
    return numpy.frombuffer (raw, numpy.uint8).reshape (
        count, height, width, 4)[:, :, :, :3].copy ()


def scene_frame (scene, frame, width=1280, height=720):
    """One of them."""
    return scene_frames (scene, frame, 1, width, height)[0]
