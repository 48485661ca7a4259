#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A SPICE desktop in Python: the server is an object, the pipeline its content.

Run it in the build environment: meson devenv -C build ../examples/spice-desktop.py
Then open the printed address in a viewer. What is typed there is printed here.
"""
import argparse
import signal
import sys

import gi
gi.require_version('Gst', '1.0')
gi.require_version('GstSpice', '1.0')
from gi.repository import GLib, Gst, GstSpice  # noqa: E402

PIPELINE = '''
  spicesink name=desktop
  videotestsrc is-live=true pattern=ball ! video/x-raw,width=640,height=480
    ! timeoverlay ! desktop.video_0
  audiotestsrc is-live=true wave=ticks volume=0.2 ! desktop.audio
'''


def on_client_connecting(_server, address):
    """Asked on the server's own thread: answer at once. False refuses."""
    print('somebody at', address, 'wants in')
    return True


def on_client_added(server, connection_id, address):
    print('viewer %08x at %s, %d now'
          % (connection_id, address, server.get_num_clients()))


def on_client_removed(_server, connection_id, _address, reason):
    print('viewer %08x has left: %s' % (connection_id, reason))


def on_message(_bus, message, loop):
    structure = message.get_structure()
    if message.type == Gst.MessageType.ERROR:
        error, _debug = message.parse_error()
        print('error:', error.message, file=sys.stderr)
        loop.quit()
    elif structure and structure.get_name() == 'GstNavigationMessage':
        # What no element of the pipeline handled comes here.
        if structure.has_field('key'):
            print(structure.get_string('kind'), structure.get_string('key'))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--port', type=int, default=5900)
    parser.add_argument('--password')
    args = parser.parse_args()

    Gst.init(None)
    server = GstSpice.Server.new(None)
    server.props.port = args.port
    server.props.session_name = 'An example in Python'
    if args.password:
        server.set_password(args.password, 0)
    server.connect('client-connecting', on_client_connecting)
    server.connect('client-added', on_client_added)
    server.connect('client-removed', on_client_removed)

    pipeline = Gst.parse_launch(PIPELINE)
    pipeline.get_by_name('desktop').set_property('server', server)
    loop = GLib.MainLoop()
    bus = pipeline.get_bus()
    bus.add_signal_watch()
    bus.connect('message', on_message, loop)
    for number in signal.SIGINT, signal.SIGTERM:
        GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, number, loop.quit)

    if pipeline.set_state(Gst.State.PLAYING) == Gst.StateChangeReturn.FAILURE:
        message = bus.pop_filtered(Gst.MessageType.ERROR)
        sys.exit(message.parse_error()[0].message)
    print('open spice://127.0.0.1:%d' % server.get_current_port(), flush=True)
    loop.run()
    print('%d viewers see it end' % len(server.get_clients()))
    pipeline.set_state(Gst.State.NULL)


if __name__ == '__main__':
    main()
