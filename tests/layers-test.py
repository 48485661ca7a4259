#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Holds every #include to the order of layers and rooms, and headers to be free
of cycles. Tests and what only tests use may look anywhere.

    layers-test.py ROOT"""

import glob
import os
import re
import sys

import tap

# a room may include itself and the rooms named
BASE = {'qxl', 'base', 'wire'}
CHANNEL = BASE | {'net', 'link', 'channel'}
ROOMS = {
    'qxl': set (),
    'base': set (),
    'wire': BASE,
    'net': {'base'},
    'link': BASE | {'net'},
    'channel': CHANNEL,
    'main': CHANNEL,
    'image': {'qxl'},
    'display': CHANNEL | {'image'},
    'cursor': CHANNEL,
    'inputs': CHANNEL,
    'audio': CHANNEL,
    'spc': CHANNEL | {'main', 'image', 'display', 'cursor', 'inputs', 'audio'},
}
ROOMS['common'] = set (ROOMS)
ROOMS['spicesink'] = ROOMS['spicesrc'] = ROOMS['common'] | {'common'}
FOR_TESTS = re.compile (r'-(test|fixture|rig|stage|bench)\b|bench-|'
                        r'transport-pair')
INCLUDE = re.compile (r'(?m)^#include "([^"]+)"')


def sources (root):
    """Paths in the tree of what is not for tests."""
    for folder in ('qxl', 'server-core', 'gst'):
        for suffix in 'ch':
            for path in glob.glob (os.path.join (root, folder, '**', '*.'
                                                 + suffix), recursive=True):
                if not FOR_TESTS.search (os.path.basename (path)):
                    yield os.path.relpath (path, root)


def room_of (path):
    parts = path.split ('/')
    if parts[0] == 'qxl':
        return 'qxl'
    return parts[1] if len (parts) > 2 else 'spc'


def includes (root, path):
    """What it includes of the tree, as paths in the tree."""
    with open (os.path.join (root, path)) as file:
        for name in INCLUDE.findall (file.read ()):
            beside = os.path.join (os.path.dirname (path), name)
            yield beside if os.path.exists (os.path.join (root, beside)) \
                else name


def test_rooms_include_what_they_may (root):
    wrong, n_seen = [], 0
    for path in sources (root):
        room = room_of (path)
        for target in includes (root, path):
            n_seen += 1
            if room_of (target) not in ROOMS[room] | {room}:
                wrong.append (f'{path} includes {target}')
    assert n_seen > 100, n_seen
    assert not wrong, '\n'.join (wrong)


def test_headers_have_no_cycle (root):
    graph = {path: list (includes (root, path)) for path in sources (root)
             if path.endswith ('.h')}
    done = set ()

    def visit (path, above):
        assert path not in above, ' → '.join ([*above, path])
        if path not in done:
            for target in graph.get (path, []):
                visit (target, [*above, path])
            done.add (path)

    assert graph
    for path in graph:
        visit (path, [])


sys.exit (tap.main (globals (), sys.argv[1]))
