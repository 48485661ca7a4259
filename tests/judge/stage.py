# SPDX-License-Identifier: LGPL-2.1-or-later
"""A pipeline in this process: for what gst-launch-1.0 cannot do, states and
properties that change while viewers look on."""

import os

import gi

from server import build_path


def gstreamer ():
    """Gst, with the plugins of the build tree."""
    gi.require_version ('Gst', '1.0')
    from gi.repository import Gst
    if not Gst.is_initialized ():
        os.environ['GST_PLUGIN_PATH'] = build_path ('gst')
        os.environ['GST_REGISTRY'] = build_path ('judge-registry.bin')
        Gst.init (None)
    return Gst


class Stage:
    """Entering plays a launch line; stage['name'] is an element of it, .port
    that of the element named s. Errors on its bus fail the test at the end."""

    def __init__ (self, *words):
        self.Gst = gstreamer ()
        self.pipeline = self.Gst.parse_launch (' '.join (words))
        self.messages = []     # GstMessage, in order
        self.bus = self.pipeline.get_bus ()

    def __getitem__ (self, name):
        element = self.pipeline.get_by_name (name)
        assert element, f'no element {name}'
        return element

    def __enter__ (self):
        self.bus.add_signal_watch ()
        self.bus.connect ('message', lambda _, m: self.messages.append (m))
        self.play ()
        return self

    def __exit__ (self, kind, value, traceback):
        self.set_state (self.Gst.State.NULL)
        self.bus.remove_signal_watch ()
        errors = [m.parse_error () for m in
                  self.of_type (self.Gst.MessageType.ERROR)]
        assert kind is not None or not errors, errors

    @property
    def port (self):
        return self['s'].get_property ('current-port')

    def set_state (self, state):
        change = self.pipeline.set_state (state)
        assert change != self.Gst.StateChangeReturn.FAILURE, state

    def play (self):
        self.set_state (self.Gst.State.PLAYING)

    def pause (self):
        self.set_state (self.Gst.State.PAUSED)

    def end_stream (self):
        """Sends EOS down from all sources."""
        self.pipeline.send_event (self.Gst.Event.new_eos ())

    def of_type (self, kind):
        return [m for m in self.messages if m.type == kind]

    def events (self, name):
        """Structures of element messages of this name."""
        return [m.get_structure () for m in self.messages
                if m.get_structure () and m.get_structure ().get_name () == name]
