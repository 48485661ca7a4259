# SPDX-License-Identifier: LGPL-2.1-or-later
"""What viewers cost a server of memory once all that is kept for them is full:
docs/memory.md says how much that may be."""

import json
import os
import signal
import sys

from desk import poll
from judge import *
from server import ROOT, build_path

VIEWERS = 8
MAX_PIXMAPS = 16384    # of a viewer, SPC_MAX_PIXMAPS
WINDOW_IMAGES = 4096   # of a dictionary
MIB = 1 << 20
# docs/memory.md: a display that shows 1280×720, and a viewer of it
DISPLAY_BYTES = 56 * MIB
VIEWER_BYTES = 6 * MIB


def resident (server):
    """Bytes of memory its process has."""
    with open (f'/proc/{server.process.pid}/status', encoding='utf-8') as file:
        line = next (line for line in file if line.startswith ('VmRSS:'))
    return int (line.split ()[1]) * 1024


def wait_messages (crowd, count):
    """Until each viewer's display channel has got so many, on average. One
    signal too soon after another may be lost: they are sent until it is so."""
    def have_come ():
        crowd.process.send_signal (signal.SIGUSR1)
        last = crowd.lines[-1]
        return last.startswith ('{') and json.loads (
            last)['display']['messages'] >= VIEWERS * count
    poll (have_come, 80, f'{count} messages')


def test_eight_viewers_with_full_caches_keep_within_the_bound ():
    pages = [sys.executable, os.path.join (ROOT, 'tests/judge/pages.py')]
    viewers = [build_path ('bench', 'bench-viewer'), f'--viewers={VIEWERS}']
    with Server (pages) as server:
        alone = resident (server)
        with Server ([*viewers, f'--address=127.0.0.1:{server.port}'],
                     ready='READY') as crowd:
            for turn in (1, 2, 3):
                wait_messages (crowd, turn * (MAX_PIXMAPS + WINDOW_IMAGES))
                grown = resident (server) - alone
                print (f'turn {turn}: {grown / MIB:.1f} MiB')
                assert grown < DISPLAY_BYTES + VIEWERS * VIEWER_BYTES, grown


test_eight_viewers_with_full_caches_keep_within_the_bound.timeout = 120
