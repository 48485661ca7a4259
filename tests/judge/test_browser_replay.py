# SPDX-License-Identifier: LGPL-2.1-or-later
"""Recordings in spice-html5: it is sent nothing but what it draws rightly, and
ends on the picture that the reference made of all commands."""

import struct

from browser import *
from judge import *
from test_replay import RATES, picture, playing


def wait_ends (stage, count):
    wait (lambda: len (stage.of_type (stage.Gst.MessageType.EOS)) >= count,
          60, 'the end of the recording')


def surfaces (browser):
    """(id, format) of all that it was told of."""
    created = [struct.unpack_from ('<IIII', message.body)
               for message in browser.messages
               if message.type == SURFACE_CREATE]
    return {(number, form) for number, _, _, form in created}


def check (browser, name):
    browser.wait_canvas (picture (name), timeout=30)
    complaints = browser.complaints ()
    assert complaints == [], (len (complaints), complaints[:10])
    # off-screen ones it draws with alpha, where we have none
    assert surfaces (browser) == {(0, 32)}, surfaces (browser)


def look_at_once (name):
    """It comes when all has been played, and sees it played again."""
    with playing (name, 0) as stage, Browser () as browser:
        wait_ends (stage, 1)
        browser.connect (stage.port)
        check (browser, name)
        assert stage.pipeline.seek_simple (
            stage.Gst.Format.TIME, stage.Gst.SeekFlags.FLUSH, 0)
        wait_ends (stage, 2)
        check (browser, name)


def look_at_a_pace (name, kinds, properties=''):
    """It comes at the start; kinds: messages it is sent beside pictures."""
    with playing (name, RATES[name], properties) as stage, \
            Browser () as browser:
        browser.connect (stage.port)
        wait_ends (stage, 1)
        check (browser, name)
        sent = {message.type for message in browser.messages}
        assert {DRAW_COPY, *kinds} <= sent, sent


def test_xterm_at_once ():
    look_at_once ('xspice-xterm-twm')


def test_fills_at_once ():
    look_at_once ('xspice-x11perf-fills')


def test_render_at_once ():
    look_at_once ('guest-xorg-render')


def test_all_draws_at_once ():
    look_at_once ('synthetic-all-draws')


def test_xterm_at_a_pace ():
    look_at_a_pace ('xspice-xterm-twm', [DRAW_FILL, COPY_BITS])


def test_fills_at_a_pace ():
    look_at_a_pace ('xspice-x11perf-fills', [DRAW_FILL, COPY_BITS])


def test_firmware_at_a_pace ():
    look_at_a_pace ('qemu-firmware-boot', [])


def test_video_at_a_pace ():
    look_at_a_pace ('xspice-video-cursor', [])


def test_render_at_a_pace ():
    look_at_a_pace ('guest-xorg-render', [DRAW_FILL])


def test_all_draws_at_a_pace ():
    look_at_a_pace ('synthetic-all-draws', [DRAW_FILL])


def test_all_draws_with_loss_end_exact ():
    look_at_a_pace ('synthetic-all-draws', [], 'jpeg=always')
