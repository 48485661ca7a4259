#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A small remote desktop, through introspection: spice-desktop.c in Python.

    spice-desktop.py [--port PORT] [--password TEXT] [--seconds N]

The comments of spice-desktop.c hold here, too; in short: signals about viewers
come from a thread of the server, "client-connecting" from its loop, and
messages of the pipeline from the main loop."""

import argparse
import signal
import sys
import warnings

import gi

gi.require_version ('Gst', '1.0')
gi.require_version ('GstVideo', '1.0')
gi.require_version ('GstSpice', '1.0')
from gi.repository import GLib, Gst, GstSpice, GstVideo

PIPELINE = '''
    videotestsrc is-live=true pattern=ball
        ! video/x-raw,width=640,height=480,framerate=25/1
        ! navigationtest ! videoconvert ! spicedisplaysink
    audiotestsrc is-live=true wave=ticks volume=0.3
        ! audioconvert ! audioresample ! spiceplaybacksink
'''


def say (text):
    print (text, flush=True)


# 1. the server

def make_server (port, password):
    server = GstSpice.Server.new (None)
    server.props.port = port
    server.props.session_name = 'spice-desktop'
    if password:
        server.set_password (password, 0)
    server.connect ('client-connecting', on_client_connecting)
    server.connect ('client-added', on_client_added)
    server.connect ('client-removed', on_client_removed)
    server.connect ('client-rejected', on_client_rejected)
    return server


def on_client_connecting (server, connection_id, address):
    """Decides at once: the server's loop waits for the answer."""
    say (f'viewer {connection_id:08x} of {address} knocks')
    return True


def on_client_added (server, connection_id, address):
    say (f'viewer {connection_id:08x} of {address} is in,'
         f' {server.get_num_clients ()} now')


def on_client_removed (server, connection_id, address, reason):
    say (f'viewer {connection_id:08x} of {address} is gone: {reason}')


def on_client_rejected (server, address, reason):
    say (f'somebody of {address} was turned away: {reason}')


# An array of structures is read by a class that PyGObject calls deprecated;
# without the package python3-gst-1.0 there is no other.
warnings.simplefilter ('ignore', DeprecationWarning)


def on_stats_timer (server):
    _, clients = server.get_stats ().get_array ('clients')
    say (f'{clients.n_values} viewers')
    for client in map (clients.get_nth, range (clients.n_values)):
        say (f'  {client.get_string ("address")}:'
             f' {client.get_value ("bytes-sent")} bytes sent,'
             f' {client.get_value ("round-trip-us")} us away')
    return GLib.SOURCE_CONTINUE


# 2. the pipeline: all its elements find the server in its context

def make_pipeline (server):
    pipeline = Gst.parse_launch (PIPELINE)
    pipeline.set_context (server.make_context ())
    return pipeline


# 3. the bus: errors, and input that no element wanted

def on_message (bus, message, loop, errors):
    if message.type == Gst.MessageType.ERROR:
        error, _ = message.parse_error ()
        errors.append (f'{message.src.name}: {error.message}')
        loop.quit ()
    elif message.type == Gst.MessageType.EOS:
        loop.quit ()
    elif message.type == Gst.MessageType.ELEMENT:
        print_input (message)
    return GLib.SOURCE_CONTINUE


def print_input (message):
    kind = GstVideo.Navigation.message_get_type (message)
    if kind != GstVideo.NavigationMessageType.EVENT:
        return
    _, event = GstVideo.Navigation.message_parse_event (message)
    kind = GstVideo.Navigation.event_get_type (event)
    if kind == GstVideo.NavigationEventType.KEY_PRESS:
        _, key = GstVideo.Navigation.event_parse_key_event (event)
        scancode = event.get_structure ().get_value ('scancode')
        say (f'key {key}, scancode {scancode:#x}')


# together

def parse_options ():
    parser = argparse.ArgumentParser ()
    parser.add_argument ('--port', type=int, default=5900)
    parser.add_argument ('--password')
    parser.add_argument ('--seconds', type=int, default=0)
    return parser.parse_args ()


def main ():
    Gst.init (None)
    options = parse_options ()
    loop, errors = GLib.MainLoop (), []
    server = make_server (options.port, options.password)
    pipeline = make_pipeline (server)
    bus = pipeline.get_bus ()
    bus.add_watch (GLib.PRIORITY_DEFAULT, on_message, loop, errors)
    GLib.timeout_add_seconds (1, on_stats_timer, server)
    for number in (signal.SIGINT, signal.SIGTERM):
        GLib.unix_signal_add (GLib.PRIORITY_DEFAULT, number, loop.quit)
    if options.seconds > 0:
        GLib.timeout_add_seconds (options.seconds, loop.quit)

    try:
        server.start ()
    except GLib.Error as error:
        return error.message
    say (f'Open spice://127.0.0.1:{server.props.current_port}')
    pipeline.set_state (Gst.State.PLAYING)
    loop.run ()
    pipeline.set_state (Gst.State.NULL)
    server.stop ()
    bus.remove_watch ()
    return '\n'.join (errors) or None


sys.exit (main ())
