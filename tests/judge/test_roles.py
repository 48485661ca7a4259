# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who of several viewers types: by a rule, by name, handed over while they are
connected."""

import contextlib

from judge import *
from desk import Desk, painting, poll
from stage import gstreamer

KEY_A, KEY_B, KEY_C, KEY_D = 0x1e, 0x30, 0x2e, 0x20
LONG = 60


class Room (contextlib.ExitStack):
    """A desk, its viewers and their ids, in the order in which they came."""

    def __init__ (self, n_viewers, **settings):
        super ().__init__ ()
        self.desk = self.enter_context (Desk (**settings))
        self.desk.show (painting (1))
        self.viewers, self.ids = [], []
        for _ in range (n_viewers):
            self.join ()

    def join (self):
        viewer = self.enter_context (Viewer (self.desk.port, audio=False))
        viewer.inputs
        self.viewers.append (viewer)
        self.ids.append (self.desk.wait_fact (
            'spice-client-added', len (self.viewers), LONG)['connection-id'])

    def leave (self, number):
        self.viewers[number].close ()
        self.desk.wait_fact ('spice-client-removed', timeout=LONG)

    @property
    def in_control (self):
        return [c['connection-id'] for c in self.desk.stats ()['clients']
                if c['in-control']]

    def wait_control (self, *numbers):
        wanted = [self.ids[n] for n in numbers]
        poll (lambda: self.in_control == wanted, LONG,
              lambda: f'{wanted} in control, now {self.in_control}')

    def keys (self):
        """(what, scancode) that reached the pipeline."""
        events = [m.get_structure ().get_value ('event').get_structure ()
                  for m in self.desk.messages if m.get_structure ()
                  and m.get_structure ().get_name () == 'GstNavigationMessage']
        return [(e.get_value ('event')[4:], e.get_value ('scancode'))
                for e in events if e.get_value ('event').startswith ('key-')]

    def messages_of (self, number):
        return next (c['messages-received']
                     for c in self.desk.stats ()['clients']
                     if c['connection-id'] == self.ids[number])

    def do (self, number, what, *arguments):
        """An act of a viewer, read by the server when this returns."""
        before = self.messages_of (number)
        getattr (self.viewers[number].inputs, what) (*arguments)
        poll (lambda: self.messages_of (number) > before, LONG, what)

    def wait_keys (self, *keys):
        poll (lambda: len (self.keys ()) >= len (keys), LONG,
              lambda: f'{keys}, got {self.keys ()}')
        assert self.keys () == list (keys), self.keys ()


def test_the_last_one_takes_over_what_another_holds ():
    with Room (1, control='last') as room:
        room.do (0, 'key_press', KEY_A)
        room.wait_keys (('press', KEY_A))
        room.join ()
        room.wait_control (1)
        # let go without its doing
        room.wait_keys (('press', KEY_A), ('release', KEY_A))
        room.do (0, 'key_press', KEY_B)
        room.do (1, 'key_press', KEY_C)
        room.wait_keys (('press', KEY_A), ('release', KEY_A),
                        ('press', KEY_C))
        room.leave (1)
        room.wait_control (0)
        room.do (0, 'key_press', KEY_D)
        room.wait_keys (('press', KEY_A), ('release', KEY_A),
                        ('press', KEY_C), ('release', KEY_C),
                        ('press', KEY_D))


def test_control_is_handed_over_by_name ():
    with Room (2) as room:
        changes = []
        room.desk.server.connect ('control-changed',
                                  lambda _, holder: changes.append (holder))
        room.wait_control (0, 1)
        assert room.desk.server.emit ('give-control', room.ids[1])
        room.wait_control (1)
        room.do (0, 'key_press', KEY_A)
        room.do (1, 'key_press', KEY_B)
        room.wait_keys (('press', KEY_B))
        assert room.desk['s'].get_property ('control').value_nick == 'named'
        assert room.desk.server.emit ('give-control', room.ids[0])
        room.wait_control (0)
        room.do (1, 'key_press', KEY_C)
        room.do (0, 'key_press', KEY_D)
        room.wait_keys (('press', KEY_B), ('release', KEY_B),
                        ('press', KEY_D))
        assert not room.desk.server.emit (
            'give-control', room.ids[0] ^ room.ids[1] ^ 1)
        poll (lambda: changes == [room.ids[1], room.ids[0]], LONG,
              lambda: f'changes {changes}')
        fact = room.desk.wait_fact ('spice-control-changed', 2, LONG)
        assert fact == {'connection-id': room.ids[0], 'in-control': 1,
                        'control': 'named'}, fact


def test_the_rule_changes_while_connected ():
    with Room (3) as room:
        room.wait_control (0, 1, 2)
        for rule, numbers in (('first', [0]), ('last', [2]),
                              ('all', [0, 1, 2]), ('first', [0])):
            gstreamer ().util_set_object_arg (room.desk['s'], 'control', rule)
            room.wait_control (*numbers)
        # roles go before the rule
        assert room.desk.server.emit ('set-client-role', room.ids[0], True)
        room.wait_control (1)
        room.do (0, 'key_press', KEY_A)
        room.do (1, 'key_press', KEY_B)
        room.wait_keys (('press', KEY_B))
        room.desk['s'].set_property ('view-only', True)
        room.wait_control ()
        room.wait_keys (('press', KEY_B), ('release', KEY_B))
        assert room.desk.server.emit ('set-client-role', room.ids[2], False)
        room.wait_control (2)


def test_the_mouse_mode_is_that_of_who_is_in_control ():
    with Room (2, control='first') as room:
        for viewer in room.viewers:
            viewer.wait (lambda: viewer.mouse_mode == CLIENT_MOUSE, LONG)
        room.viewers[1].request_mouse_mode (SERVER_MOUSE)
        room.do (0, 'key_press', KEY_A)
        assert room.viewers[0].mouse_mode == CLIENT_MOUSE
        gstreamer ().util_set_object_arg (room.desk['s'], 'control', 'last')
        for viewer in room.viewers:
            viewer.wait (lambda: viewer.mouse_mode == SERVER_MOUSE, LONG)
        room.leave (1)
        room.viewers[0].wait (
            lambda: room.viewers[0].mouse_mode == CLIENT_MOUSE, LONG)


def test_the_role_is_decided_when_a_viewer_knocks ():
    with Desk () as desk:
        desk.show (painting (1))
        desk.server.connect (
            'client-connecting', lambda server, client, address:
            server.emit ('set-client-role', client, True))
        with Viewer (desk.port, audio=False) as viewer:
            viewer.inputs
            fact = desk.wait_fact ('spice-client-added', timeout=LONG)
            assert fact['view-only'] and not fact['in-control'], fact
            knocked = desk.facts ('spice-client-connecting')[0]
            assert knocked['connection-id'] == fact['connection-id']
