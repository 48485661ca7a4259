#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A clock that is drawn with commands, through introspection: qxl-clock.c in
Python.

    qxl-clock.py [--port PORT] [--seconds N]

The comments of qxl-clock.c hold here, too; in short: the face is drawn once on
a surface that viewers keep, then each second it is copied from there and the
hands and the time are drawn upon it. No pixel is made."""

import argparse
import math
import signal
import sys
import time

import gi

gi.require_version ('Gst', '1.0')
gi.require_version ('GstSpice', '1.0')
from gi.repository import GLib, Gst, GstSpice

PIPELINE = '''
    appsrc name=source is-live=true do-timestamp=true format=time
        ! sink.qxl_0  spicesink name=sink
'''
WIDTH, HEIGHT = 400, 460   # of the screen
CENTER, RADIUS = 200, 180
SCREEN, FACE = 0, 1        # surfaces: what is shown, and a store
SKY, PAPER, INK, RED = 0x1b2838, 0xf4f1e8, 0x202020, 0xc02020


# 1. what is drawn

def at (turn, radius):
    """A point as x, y; turn is 0 to 1, clockwise from the top."""
    angle = turn * 2 * math.pi
    return [round (CENTER + radius * math.sin (angle)),
            round (CENTER - radius * math.cos (angle))]


def draw_line (commands, start, end, color):
    commands.stroke (start + end, False, color, None)


def draw_centered (commands, middle, text, scale, color):
    width, height = GstSpice.Commands.measure_text (text, scale)
    commands.draw_text (middle[0] - width // 2, middle[1] - height // 2, text,
                        scale, color)


def fill (commands, x, y, width, height, color):
    commands.fill (x, y, width, height, color, GstSpice.Rop.PUT)


def draw_face (commands):
    commands.set_target (FACE)
    fill (commands, 0, 0, WIDTH, HEIGHT, SKY)
    fill (commands, 10, 10, WIDTH - 20, WIDTH - 20, PAPER)
    rim = [at (i / 120, RADIUS) for i in range (120)]
    commands.stroke (sum (rim, []), True, INK, None)
    for minute in range (60):
        draw_line (commands, at (minute / 60, 172 if minute % 5 else 160),
                   at (minute / 60, RADIUS), INK)
    for hour in range (1, 13):
        draw_centered (commands, at (hour / 12, 140), str (hour), 3, INK)
    commands.set_target (SCREEN)


def draw_hand (commands, turn, length, breadth):
    corners = (at (turn, length) + at (turn + 0.25, breadth)
               + at (turn + 0.5, breadth * 3) + at (turn + 0.75, breadth))
    commands.stroke (corners, True, INK, None)


def draw_time (commands):
    now = time.localtime ()
    second = now.tm_sec / 60
    minute = (now.tm_min + second) / 60
    hour = (now.tm_hour % 12 + minute) / 12
    commands.copy_surface (0, 0, WIDTH, HEIGHT, FACE, 0, 0)
    draw_hand (commands, hour, 95, 7)
    draw_hand (commands, minute, 150, 5)
    draw_line (commands, at (second + 0.5, 30), at (second, 165), RED)
    draw_centered (commands, [CENTER, 427], time.strftime ('%H:%M:%S', now), 5,
                   PAPER)


# 2. the pipeline

def make_pipeline (server):
    pipeline = Gst.parse_launch (PIPELINE)
    pipeline.set_context (server.make_context ())
    source = pipeline.get_by_name ('source')
    source.props.caps = GstSpice.Commands.make_caps ()
    return pipeline, source


def on_tick (source, commands):
    draw_time (commands)
    source.emit ('push-buffer', commands.to_buffer ())
    return GLib.SOURCE_CONTINUE


# 3. the main loop

def on_message (bus, message, loop, errors):
    if message.type == Gst.MessageType.WARNING:
        print (message.parse_warning ()[0].message, file=sys.stderr)
    elif message.type == Gst.MessageType.ERROR:
        errors.append (message.parse_error ()[0].message)
        loop.quit ()
    return GLib.SOURCE_CONTINUE


def parse_options ():
    parser = argparse.ArgumentParser ()
    parser.add_argument ('--port', type=int, default=5900)
    parser.add_argument ('--seconds', type=int, default=0)
    return parser.parse_args ()


def main ():
    Gst.init (None)
    options = parse_options ()
    loop, errors = GLib.MainLoop (), []
    server = GstSpice.Server.new (None)
    server.props.port = options.port
    server.props.session_name = 'qxl-clock'
    pipeline, source = make_pipeline (server)
    bus = pipeline.get_bus ()
    bus.add_watch (GLib.PRIORITY_DEFAULT, on_message, loop, errors)
    for number in (signal.SIGINT, signal.SIGTERM):
        GLib.unix_signal_add (GLib.PRIORITY_DEFAULT, number, loop.quit)
    if options.seconds > 0:
        GLib.timeout_add_seconds (options.seconds, loop.quit)

    commands = GstSpice.Commands.new ()
    for surface in (SCREEN, FACE):
        commands.create_surface (surface, GstSpice.SurfaceFormat.XRGB, WIDTH,
                                 HEIGHT)
    draw_face (commands)
    GLib.timeout_add (1000, on_tick, source, commands)

    try:
        server.start ()
    except GLib.Error as error:
        return error.message
    print (f'Open spice://127.0.0.1:{server.props.current_port}', flush=True)
    pipeline.set_state (Gst.State.PLAYING)
    on_tick (source, commands)
    loop.run ()
    pipeline.set_state (Gst.State.NULL)
    server.stop ()
    bus.remove_watch ()
    return '\n'.join (errors) or None


sys.exit (main ())
