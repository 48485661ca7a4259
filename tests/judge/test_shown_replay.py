# SPDX-License-Identifier: LGPL-2.1-or-later
"""Recordings in the programs people use: what remote-viewer shows and what
spicy-screenshot saves is the picture that the reference made."""

import os

from apps import RemoteViewer, screenshot
from judge import *
from test_replay import RATES, picture, playing

# where pictures of what was shown are left, to be looked at
KEEP = os.environ.get ('JUDGE_SHOWN')


def keep (name, shown):
    if KEEP:
        RemoteViewer.save (shown, os.path.join (KEEP, name + '.png'))


def wait_end (stage):
    wait (lambda: stage.of_type (stage.Gst.MessageType.EOS), 60,
          'the end of the recording')


def look (name):
    """remote-viewer sees all of it drawn, spicy-screenshot how it ended."""
    with playing (name, RATES[name] / 4) as stage, \
            RemoteViewer (stage.port) as viewer:
        wait_end (stage)
        viewer.wait_picture (picture (name), 60)
        keep (name + '-remote-viewer', viewer.picture ())
        saved = screenshot (stage.port)
        keep (name + '-spicy', saved)
        assert (saved == picture (name)).all ()


def test_xterm ():
    look ('xspice-xterm-twm')


def test_fills ():
    look ('xspice-x11perf-fills')


def test_render ():
    look ('guest-xorg-render')


def test_all_draws ():
    look ('synthetic-all-draws')


def test_firmware ():
    look ('qemu-firmware-boot')


def test_video ():
    look ('xspice-video-cursor')


for _test in (test_xterm, test_fills, test_render, test_all_draws,
              test_firmware, test_video):
    _test.timeout = 120
