# SPDX-License-Identifier: LGPL-2.1-or-later
"""Recordings played by qxlreplaysrc: viewers end on the picture that the
reference made of them, however they come to it."""

import contextlib

from judge import *
from line import Line
from recorded import picture, recording
from stage import Stage

SMALL = {'cache_size': 256 << 10, 'glz_window_size': 1 << 20}
SLOW_BYTES_PER_SECOND = 4_000_000
# how many times as fast as recorded, so that each takes about two seconds
RATES = {'xspice-xterm-twm': 8, 'xspice-x11perf-fills': 1.5,
         'xspice-video-cursor': 6, 'qemu-firmware-boot': 17,
         'guest-xorg-render': 27, 'synthetic-all-draws': 0.01}


def playing (name, rate, properties=''):
    return Stage (f'qxlreplaysrc name=replay rate={rate} location='
                  + recording (name),
                  f'! spicesink name=s port=0 {properties}')


def wait_end_of_stream (stage, viewer):
    viewer.wait (lambda: stage.of_type (stage.Gst.MessageType.EOS), 120,
                 'the end of the recording')


def look (name, rate, viewers):
    """viewers (port, stack): those that come before it begins."""
    with playing (name, rate) as stage, contextlib.ExitStack () as stack:
        watching = [stack.enter_context (viewer)
                    for viewer in viewers (stage.port, stack)]
        wait_end_of_stream (stage, watching[0])
        watching.append (stack.enter_context (
            Viewer (stage.port, only=[DISPLAY])))
        for viewer in watching:
            viewer.wait_canvas (picture (name), timeout=60)
            assert viewer.errors () == []
        assert stage.of_type (stage.Gst.MessageType.WARNING) == []


def one (port, stack):
    return [Viewer (port, only=[DISPLAY])]


def two (port, stack):
    """One as usual; one slow, which keeps little."""
    line = stack.enter_context (Line (port))
    line.rate = SLOW_BYTES_PER_SECOND
    return [Viewer (port, only=[DISPLAY]),
            Viewer (line.port, only=[DISPLAY], **SMALL)]


def test_xterm_at_once ():
    look ('xspice-xterm-twm', 0, one)


def test_fills_at_once ():
    look ('xspice-x11perf-fills', 0, one)


def test_video_at_once ():
    look ('xspice-video-cursor', 0, one)


def test_firmware_at_once ():
    look ('qemu-firmware-boot', 0, one)


def test_render_at_once ():
    look ('guest-xorg-render', 0, one)


def test_all_draws_at_once ():
    look ('synthetic-all-draws', 0, one)


def test_fills_with_their_times ():
    look ('xspice-x11perf-fills', 1, two)


def test_render_at_eight_times_the_pace ():
    look ('guest-xorg-render', 8, two)


def test_seek_to_the_start_plays_again ():
    name = 'synthetic-all-draws'
    with playing (name, 0) as stage, \
            Viewer (stage.port, only=[DISPLAY]) as viewer:
        for _ in range (3):
            viewer.wait_canvas (picture (name), timeout=30)
            assert stage.pipeline.seek_simple (
                stage.Gst.Format.TIME, stage.Gst.SeekFlags.FLUSH, 0)
        viewer.wait_canvas (picture (name), timeout=30)
        assert stage.of_type (stage.Gst.MessageType.WARNING) == []


def test_joined_half_way ():
    for name in RATES:
        with playing (name, RATES[name]) as stage, \
                Viewer (stage.port) as first:
            first.wait (lambda: stage['replay'].query_position (
                stage.Gst.Format.TIME)[1] > stage.Gst.SECOND, 20, 'a second')
            with Viewer (stage.port) as viewer:
                wait_end_of_stream (stage, viewer)
                viewer.wait_canvas (picture (name), timeout=30)
                assert viewer.errors () == []


def test_three_viewers_one_slow ():
    """The slow one keeps little; the others do not wait for it."""
    for name in RATES:
        with contextlib.ExitStack () as stack:
            stage = stack.enter_context (playing (name, RATES[name]))
            line = stack.enter_context (Line (stage.port))
            line.rate = SLOW_BYTES_PER_SECOND / 4
            viewers = [stack.enter_context (viewer) for viewer in (
                Viewer (stage.port), Viewer (stage.port, **SMALL),
                Viewer (line.port, **SMALL))]
            wait_end_of_stream (stage, viewers[0])
            for viewer in viewers:
                viewer.wait_canvas (picture (name), timeout=60)
                assert viewer.errors () == []


def test_each_compression ():
    """A desktop, text, and every kind of command."""
    for compression in ('off', 'quic', 'lz', 'glz', 'lz4'):
        for name in ('xspice-xterm-twm', 'synthetic-all-draws'):
            with playing (name, 0,
                          f'image-compression={compression}') as stage, \
                    Viewer (stage.port) as viewer:
                wait_end_of_stream (stage, viewer)
                viewer.wait_canvas (picture (name), timeout=30)


def test_photos_with_loss_end_exact ():
    name = 'synthetic-all-draws'
    with playing (name, 0, 'jpeg=always') as stage, \
            Viewer (stage.port) as viewer:
        wait_end_of_stream (stage, viewer)
        viewer.wait_canvas (picture (name), timeout=30)


test_joined_half_way.timeout = 120
test_three_viewers_one_slow.timeout = 240
test_each_compression.timeout = 120
