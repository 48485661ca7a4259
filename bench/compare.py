#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Measures this server beside libspice-server and prints one table.

    compare.py [--build DIR] [--rounds N] [--seconds S] [--scenes A,B]
               [--viewers 1,4,16] [--json FILE] [--quick]

Servers take turns, round after round, so that what else the machine does falls
on all of them. Each figure is the median of the rounds; a ratio is the median
of the ratios of each round, with the smallest and the largest. README.md says
what each figure means."""

import argparse
import json
import os
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname (os.path.abspath (__file__))
START_TIMEOUT = 60    # seconds
ANSWER_TIMEOUT = 20
OURS = 'gst-spice'
PLAIN = ['--clients-many', '--no-tablet', '--no-sound']
SERVERS = {           # name: (program, its arguments)
    OURS: ('bench-feed', []),
    'libspice': ('reference/reference-feeder', PLAIN),
    'libspice lz': ('reference/reference-feeder', PLAIN + [
        '--image-compression=lz', '--streaming=off']),
}


class Program:
    """A program of the build tree that prints READY, and JSON on SIGUSR1."""

    INPUT = subprocess.DEVNULL

    def __init__ (self, options, name, *arguments):
        self.command = [os.path.join (options.build, 'bench', name),
                        *map (str, arguments)]
        environment = dict (
            os.environ, GST_REGISTRY=options.registry,
            GST_PLUGIN_PATH=os.path.join (options.build, 'gst'))
        if name == 'canvas-latency':
            # a leak checker does not see what coroutines' stacks hold
            environment['ASAN_OPTIONS'] = 'detect_leaks=0'
        self.log = tempfile.TemporaryFile ()
        self.process = subprocess.Popen (
            self.command, env=environment, stdin=self.INPUT,
            stdout=subprocess.PIPE, stderr=self.log)
        self.rest = b''

    def __enter__ (self):
        return self

    def __exit__ (self, kind, value, traceback):
        self.process.send_signal (signal.SIGINT)
        try:
            self.process.communicate (timeout=ANSWER_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill ()
            self.process.communicate ()
            if kind is None:
                self._fail ('does not end')
        if kind is None and self.process.returncode != 0:
            self._fail (f'ended with {self.process.returncode}')
        self.log.close ()

    def _fail (self, why):
        self.log.seek (0)
        said = self.log.read ().decode (errors='replace')[-2000:]
        raise SystemExit (f'{" ".join (self.command)}: {why}\n{said}')

    def says (self, start, timeout):
        """The next line that begins so; None: there is none in time."""
        deadline = time.monotonic () + timeout
        while True:
            line, newline, rest = self.rest.partition (b'\n')
            if newline:
                self.rest = rest
                if line.startswith (start):
                    return line.decode ()
                continue
            left = max (0, deadline - time.monotonic ())
            if not select.select ([self.process.stdout], [], [], left)[0]:
                return None
            got = os.read (self.process.stdout.fileno (), 1 << 16)
            if not got:
                self._fail ('died')
            self.rest += got

    def line (self, start, timeout):
        line = self.says (start, timeout)
        if line is None:
            self._fail (f'does not say {start.decode ()}')
        return line

    def wait_ready (self):
        return self.line (b'READY', START_TIMEOUT)[6:]

    def ask (self):
        self.process.send_signal (signal.SIGUSR1)
        return json.loads (self.line (b'{', ANSWER_TIMEOUT))


def start_server (options, name, scene, *more):
    program, arguments = SERVERS[name]
    return Program (options, program, f'--scene={scene}', *arguments, *more)


def start_viewers (options, port, viewers):
    return Program (options, 'bench-viewer', f'--address=127.0.0.1:{port}',
                    f'--viewers={viewers}')


def serving_seconds (costs):
    return costs['cpu_seconds'] - costs['render_seconds']


def measure_costs (options, name, scene, viewers):
    """What a server and its wire cost while nobody comes or goes."""
    with start_server (options, name, scene) as server:
        port = server.wait_ready ()
        with start_viewers (options, port, viewers) as crowd:
            crowd.wait_ready ()
            time.sleep (options.settle)
            before, sent_before = server.ask (), crowd.ask ()
            time.sleep (options.seconds)
            after, sent_after = server.ask (), crowd.ask ()
    wall = after['wall_seconds'] - before['wall_seconds']
    cpu = serving_seconds (after) - serving_seconds (before)
    return {
        'core_percent': 100 * cpu / wall,
        'cpu_seconds': cpu,
        'bytes': sent_after['bytes'] - sent_before['bytes'],
        'messages': sum (sent_after[channel]['messages'] -
                         sent_before[channel]['messages']
                         for channel in ('main', 'display')),
        'frames': after['frames'] - before['frames'],
        'skipped': after['skipped'] - before['skipped'],
        'rss_mib': after['max_rss_kib'] / 1024,
    }


def measure_latency (options, name, scene, viewers):
    """From a frame's hand-over to spice-client-glib's canvas, seconds, with
    the other viewers looking on."""
    with start_server (options, name, scene, '--stamp-last') as server:
        port = server.wait_ready ()
        with Program (options, 'canvas-latency',
                      f'spice://127.0.0.1:{port}') as client:
            client.wait_ready ()
            if viewers == 1:
                return sample_latency (options, client)
            with start_viewers (options, port, viewers - 1) as crowd:
                crowd.wait_ready ()
                return sample_latency (options, client)


def sample_latency (options, client):
    time.sleep (options.settle)
    client.ask ()  # throws away what came before
    time.sleep (options.seconds)
    return [us / 1e6 for us in client.ask ()['latencies_us']]


def percentile (values, percent):
    ordered = sorted (values)
    return ordered[min (len (ordered) - 1, len (ordered) * percent // 100)]


class Results:
    """(server, scene, viewers) → the rounds' costs, and all latencies."""

    def __init__ (self, seconds):
        self.seconds = seconds  # of a window
        self.costs = {}
        self.latencies = {}

    def add (self, key, costs, latencies):
        self.costs.setdefault (key, []).append (costs)
        self.latencies.setdefault (key, []).extend (latencies)

    def median (self, key, figure):
        return statistics.median (run[figure] for run in self.costs[key])

    def ratio (self, key, figure):
        """Ours to that server's: a text, empty where it says nothing."""
        ours = self.costs[(OURS, *key[1:])]
        pairs = [(a[figure], b[figure])
                 for a, b in zip (ours, self.costs[key])]
        if key[0] == OURS or any (b <= 0 for a, b in pairs):
            return ''
        ratios = [a / b for a, b in pairs]
        return (f'{statistics.median (ratios):.2f} '
                f'({min (ratios):.2f}–{max (ratios):.2f})')

    def canvas (self, key):
        """Frames a second and latencies as the real client saw them."""
        late = self.latencies[key]
        if not late:
            return ['', '', '']
        windows = self.seconds * len (self.costs[key])
        return [f'{len (late) / windows:.0f}',
                *(f'{percentile (late, p) * 1e3:.1f}' for p in (50, 99))]

    def row (self, key):
        name, scene, viewers = key
        return [scene, str (viewers), name,
                f'{self.median (key, "cpu_seconds"):.3f}',
                f'{self.median (key, "core_percent"):.1f}',
                self.ratio (key, 'cpu_seconds'),
                f'{self.median (key, "bytes") / 1e6:.3f}',
                self.ratio (key, 'bytes'), *self.canvas (key)]

    def as_json (self):
        return [{'server': key[0], 'scene': key[1], 'viewers': key[2],
                 'costs': self.costs[key], 'latencies': self.latencies[key]}
                for key in self.costs]


HEAD = ['scene', 'viewers', 'server', 'CPU s', '% of a core', 'ours/its CPU',
        'MB', 'ours/its MB', 'frames/s', 'p50 ms', 'p99 ms']


def print_table (results):
    rows = [HEAD] + [results.row (key) for key in results.costs]
    widths = [max (map (len, column)) for column in zip (*rows)]
    rows.insert (1, ['-' * width for width in widths])
    for row in rows:
        print ('| ' + ' | '.join (cell.ljust (width) for cell, width
                                  in zip (row, widths)) + ' |')


def verdict (good, text):
    print (f'{"PASS" if good else "FAIL"}  {text}')


def print_expectations (results):
    """Those of the figures there are."""
    still = (OURS, 'still', 1)
    if still in results.costs:
        sent = results.median (still, 'bytes')
        verdict (sent == 0, 'a still desktop costs nothing on the wire: '
                 f'{sent:.0f} bytes')
        percent = results.median (still, 'core_percent')
        verdict (percent < 3, 'a still desktop costs under 3 % of a core: '
                 f'{percent:.2f} %')
    for scene in ('typing', 'scroll'):
        one, many = (OURS, scene, 1), (OURS, scene, 16)
        if one in results.costs and many in results.costs:
            times = (results.median (many, 'cpu_seconds') /
                     results.median (one, 'cpu_seconds'))
            verdict (times < 2, f'{scene}: 16 viewers cost under twice the '
                     f'CPU of one: {times:.2f} times')


def check (key, costs, latencies):
    """A run that did not run must not look like a cheap one."""
    moves = key[1] != 'still'
    if costs['frames'] == 0 or (moves and costs['bytes'] == 0):
        raise SystemExit (f'{key}: nothing was served: {costs}')
    if latencies is not None and not latencies:
        raise SystemExit (f'{key}: no stamped frame arrived')


def run_cell (options, results, key):
    costs = measure_costs (options, *key)
    latencies = None
    if 'canvas-latency' in options.programs:
        latencies = measure_latency (options, *key)
    check (key, costs, latencies)
    results.add (key, costs, latencies or [])
    print (f'{key}: {costs["core_percent"]:.1f} % of a core', file=sys.stderr)


def run_all (options):
    results = Results (options.seconds)
    for number in range (options.rounds):
        for scene in options.scenes.split (','):
            for viewers in map (int, options.viewers.split (',')):
                for name, (program, _) in SERVERS.items ():
                    if program in options.programs:
                        run_cell (options, results, (name, scene, viewers))
    return results


def find_programs (build):
    return {program for program in ('canvas-latency', 'bench-feed',
                                    'reference/reference-feeder')
            if os.access (os.path.join (build, 'bench', program), os.X_OK)}


def parse_options ():
    parser = argparse.ArgumentParser (
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument ('--build', default=os.path.join (HERE, '../build'))
    parser.add_argument ('--rounds', type=int, default=3)
    parser.add_argument ('--seconds', type=float, default=5)
    parser.add_argument ('--settle', type=float, default=1.5)
    parser.add_argument ('--scenes', default='still,typing,scroll,video')
    parser.add_argument ('--viewers', default='1,4,16')
    parser.add_argument ('--json', help='write all figures there')
    parser.add_argument ('--quick', action='store_true',
                         help='does it run at all? Its figures mean nothing')
    options = parser.parse_args ()
    options.build = os.path.abspath (options.build)
    if options.quick:
        options.rounds, options.seconds, options.settle = 1, 0.4, 0.1
        options.scenes, options.viewers = 'still,typing', '2'
    options.programs = find_programs (options.build)
    return options


def main ():
    options = parse_options ()
    with tempfile.TemporaryDirectory () as folder:
        options.registry = os.path.join (folder, 'registry')
        results = run_all (options)
    print (f'1280×720 at 30 fps, windows of {options.seconds:g} s, '
           f'{options.rounds} rounds, {os.cpu_count ()} cores, '
           f'load {os.getloadavg ()[0]:.1f}\n')
    print_table (results)
    print ()
    print_expectations (results)
    if options.json:
        with open (options.json, 'w', encoding='utf-8') as file:
            json.dump (results.as_json (), file)


if __name__ == '__main__':
    main ()
