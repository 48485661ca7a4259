# SPDX-License-Identifier: LGPL-2.1-or-later
"""What viewers type and point at, as navigation events: on the bus when nobody
handles them, in the elements upstream when somebody does."""

import contextlib
import struct

from judge import *
from stage import Stage

DESK = 'videotestsrc is-live=true pattern=black ! video/x-raw,width=320,' \
       'height=240 ! videoconvert'
KEY_DOWN, KEY_SCANCODE = 101, 104
SCROLL_LOCK, NUM_LOCK, CAPS_LOCK = 1, 2, 4
PAUSE = 0x245


@contextlib.contextmanager
def desk (*words, **options):
    """A black desktop of 320 by 240 and a viewer with its inputs open."""
    with pipeline (DESK, *words, '! spicesink port=0') as server:
        with watching (server, **options) as viewer:
            yield server, viewer


@contextlib.contextmanager
def watching (server, **options):
    with Viewer (server.port, audio=False, **options) as viewer:
        viewer.display ()
        viewer.inputs
        viewer.wait (lambda: viewer.mouse_mode == CLIENT_MOUSE,
                     what='client mouse mode')
        yield viewer


def event (kind, *fields):
    """How gst-launch -m tells an event."""
    return ''.join ([f'kind=\\(string\\){kind},',
                     *(f'.*\\b{field}\\b' for field in fields)])


def key_event (kind, name, scancode):
    return event (f'key-{kind}', f'key=\\(string\\){name}, '
                  f'scancode=\\(uint\\){scancode}')


def at (x, y):
    return f'pointer_x=\\(double\\){x}, pointer_y=\\(double\\){y}'


def names_of (server, kind='press'):
    return [match.group (1) for match in server.find_all (
        rf'kind=\(string\)key-{kind}, key=\(string\)(\w+)')]


# ---- keys

def test_keys_tell_name_and_scancode ():
    with desk () as (server, viewer):
        for scancode, name in ((0x1e, 'a'), (0x39, 'space'), (0x01, 'Escape'),
                               (0x3b, 'F1'), (0x148, 'Up'), (0x11c, 'KP_Enter'),
                               (0x15b, 'Super_L'), (0x11d, 'Control_R')):
            viewer.inputs.key (scancode)
            server.wait_line (key_event ('press', name, scancode))
            server.wait_line (key_event ('release', name, scancode))


def test_press_and_release_in_one_message ():
    with desk () as (server, viewer):
        for scancode, name in ((0x1f, 's'), (0x150, 'Down')):
            viewer.inputs.key_in_one (scancode)
            server.wait_line (key_event ('release', name, scancode))
        assert names_of (server) == ['s', 'Down']


def test_pause_is_one_key_in_every_form ():
    with pipeline (DESK, '! spicesink port=0') as server:
        with RawSession (server.port) as session:
            inputs = session.open (INPUTS)
            inputs.wait_message (101)
            # all at once, and byte after byte
            inputs.send_message (KEY_SCANCODE, b'\xe1\x1d\x45\xe1\x9d\xc5')
            server.wait_line (key_event ('release', 'Pause', PAUSE))
            inputs.send_message (KEY_SCANCODE, b'\x1e\x9e\xe0\x48\xe0\xc8')
            server.wait_line (key_event ('release', 'Up', 0x148))
            assert names_of (server) == ['Pause', 'a', 'Up']


def test_remote_viewer_types_every_kind_of_key ():
    """A real keyboard's way: X key, viewer, scancode, name."""
    keys = ['a', '7', 'Return', 'Up', 'Home', 'Delete', 'KP_Enter', 'KP_5',
            'F5', 'Num_Lock', 'Pause', 'Insert', 'Page_Down', 'slash', 'Tab',
            'Control_R']
    names = dict (KP_5='KP_5|KP_Begin', Page_Down='Page_Down|Next')
    with pipeline (DESK, '! spicesink port=0') as server:
        with RemoteViewer (server.port) as viewer:
            def is_heard (_):  # its channels open one after another
                viewer.focus ()
                viewer.key ('a')
                return server.find (event ('key-release'))
            viewer.wait_picture (is_heard)
            viewer.key (*keys[1:])
            for key in keys:
                server.wait_line (event (
                    'key-press', f'key=\\(string\\)({names.get (key, key)})'))


def test_held_modifiers_are_told ():
    with desk () as (server, viewer):
        viewer.inputs.key_press (0x2a)
        viewer.inputs.key_press (0x1d)
        viewer.inputs.key (0x1e)
        line = server.wait_line (key_event ('release', 'a', 0x1e)).string
        assert 'SHIFT_MASK' in line and 'CONTROL_MASK' in line, line
        viewer.inputs.key_release (0x2a)
        viewer.inputs.key_release (0x1d)
        viewer.inputs.click (1)
        line = server.wait_line (event ('mouse-button-release')).string
        assert 'BUTTON1_MASK' in line and 'SHIFT' not in line, line


def test_keys_of_a_viewer_that_vanishes_are_let_go ():
    with desk () as (server, viewer):
        with RawSession (server.port) as session:
            inputs = session.open (INPUTS)
            for code in (0x2a, 0x1e, 0x48e0):
                inputs.send_message (KEY_DOWN, struct.pack ('<I', code))
            server.wait_line (key_event ('press', 'Up', 0x148))
            assert not names_of (server, 'release')
        for name, code in (('Shift_L', 0x2a), ('a', 0x1e), ('Up', 0x148)):
            server.wait_line (key_event ('release', name, code))
        viewer.inputs.key (0x30)
        assert 'SHIFT' not in server.wait_line (
            key_event ('press', 'b', 0x30)).string


def test_keys_two_viewers_hold_stay_down_for_the_second ():
    with desk () as (server, viewer):
        viewer.inputs.key_press (0x2a)
        server.wait_line (key_event ('press', 'Shift_L', 0x2a))
        with watching (server) as second:
            second.inputs.key_press (0x2a)
            second.inputs.key (0x1e)
            server.wait_line (key_event ('release', 'a', 0x1e))
        server.wait_line ('spice-client-removed')
        viewer.inputs.key (0x30)
        line = server.wait_line (key_event ('press', 'b', 0x30)).string
        assert 'SHIFT_MASK' in line, line
        assert 'Shift_L' not in names_of (server, 'release')


# ---- lock lights

def test_lights_go_to_every_viewer ():
    with Stage (DESK, '! spicesink name=s port=0') as stage:
        with watching (stage) as first, watching (stage) as second:
            server = stage['s'].get_property ('server')
            for lights in (CAPS_LOCK, NUM_LOCK | SCROLL_LOCK, 0):
                server.emit ('set-keyboard-leds', lights)
                for viewer in (first, second):
                    viewer.wait (lambda: viewer.inputs.modifiers == lights,
                                 what=f'lights {lights}')
            server.emit ('set-keyboard-leds', CAPS_LOCK)
            with watching (stage) as late:
                late.wait (lambda: late.inputs.modifiers == CAPS_LOCK,
                           what='lights for a latecomer')


def test_lights_of_a_viewer_press_lock_keys ():
    with desk () as (server, viewer):
        viewer.inputs.set_locks (CAPS_LOCK)
        server.wait_line (key_event ('release', 'Caps_Lock', 0x3a))
        viewer.wait (lambda: viewer.inputs.modifiers == CAPS_LOCK,
                     what='the light back')
        viewer.inputs.key (0x1e)
        assert 'LOCK_MASK' in server.wait_line (
            key_event ('press', 'a', 0x1e)).string
        viewer.inputs.set_locks (0)
        viewer.wait (lambda: viewer.inputs.modifiers == 0, what='light off')


def test_a_lock_key_lights_up ():
    with desk () as (server, viewer):
        viewer.inputs.key (0x3a)
        viewer.wait (lambda: viewer.inputs.modifiers == CAPS_LOCK,
                     what='caps light')
        viewer.inputs.key (0x3a)
        viewer.wait (lambda: viewer.inputs.modifiers == 0, what='no light')


# ---- the pointer

def test_pointer_and_buttons_tell_where ():
    with desk () as (server, viewer):
        viewer.inputs.position (50, 60)
        server.wait_line (event ('mouse-move', at (50, 60)))
        viewer.inputs.position (319, 0)
        server.wait_line (event ('mouse-move', at (319, 0)))
        for number, button in ((1, 1), (2, 2), (3, 3), (6, 8), (7, 9)):
            viewer.inputs.press (number)
            server.wait_line (event ('mouse-button-press', at (319, 0),
                                     f'button=\\(int\\){button}'))
            viewer.inputs.position (300 - number, number)
            server.wait_line (event ('mouse-move', at (300 - number, number),
                                     'state=.*BUTTON\\d_MASK'))
            viewer.inputs.release (number)
            server.wait_line (event ('mouse-button-release',
                                     f'button=\\(int\\){button}'))
            viewer.inputs.position (319, 0)
            server.wait_line (event ('mouse-move', at (319, 0)))


def test_the_wheel_moves_before_it_scrolls ():
    with desk () as (server, viewer):
        viewer.inputs.position (70, 80)
        viewer.inputs.wheel (1)
        viewer.inputs.wheel (-1)
        server.wait_line (event ('mouse-scroll', at (70, 80),
                                 'delta_pointer_y=\\(double\\)-1'))
        kinds = [match.group (1) for match in server.find_all (
            r'kind=\(string\)(mouse-\w+)')]
        assert kinds[-4:] == ['mouse-move', 'mouse-scroll'] * 2, kinds
        assert server.find (event ('mouse-scroll',
                                   'delta_pointer_y=\\(double\\)1'))
        assert 'mouse-button-press' not in kinds


def test_relative_motion_arrives ():
    with desk () as (server, viewer):
        viewer.request_mouse_mode (SERVER_MOUSE)
        viewer.wait (lambda: viewer.mouse_mode == SERVER_MOUSE,
                     what='server mouse mode')
        server.wait_line ('spice-mouse-mode, mode=.string.server')
        viewer.inputs.motion (5, -3)
        server.wait_line (event ('mouse-move-relative', 'delta_x=\\(double\\)5',
                                 'delta_y=\\(double\\)-3'))
        viewer.request_mouse_mode (CLIENT_MOUSE)
        viewer.wait (lambda: viewer.mouse_mode == CLIENT_MOUSE)


def test_viewers_of_different_mind_come_to_rest ():
    """Each asks again when told of the other's mode; what all can do wins."""
    with desk () as (server, first):
        with watching (server) as second:
            second.request_mouse_mode (SERVER_MOUSE)
            for viewer in (first, second):
                viewer.wait (lambda: viewer.mouse_mode == SERVER_MOUSE)
            for step in range (1, 10):
                second.inputs.motion (step, 0)
                server.wait_line (event ('mouse-move-relative',
                                         f'delta_x=\\(double\\){step}'))
            server.wait_line ('spice-mouse-mode, mode=.string.server')
            assert len (server.find_all ('spice-mouse-mode')) == 2
        first.wait (lambda: first.mouse_mode == CLIENT_MOUSE,
                    what='client mode, once alone')


def test_motions_keep_coming ():
    """A viewer holds back all but a few until they are acknowledged."""
    with desk () as (server, viewer):
        for step in range (40):
            viewer.inputs.position (step, 2 * step)
            server.wait_line (event ('mouse-move', at (step, 2 * step)))
        viewer.request_mouse_mode (SERVER_MOUSE)
        viewer.wait (lambda: viewer.mouse_mode == SERVER_MOUSE)
        for step in range (1, 20):
            viewer.inputs.motion (step, 0)
            server.wait_line (event ('mouse-move-relative',
                                     f'delta_x=\\(double\\){step}'))


def test_a_flood_of_motions_ends_at_the_last_place ():
    with desk () as (server, viewer):
        for step in range (300):
            viewer.inputs.position (step, step // 2)
        viewer.inputs.position (123, 45)
        viewer.inputs.press (1)
        server.wait_line (event ('mouse-button-press', at (123, 45)))


# ---- upstream

def test_the_picture_follows_the_pointer ():
    with desk ('! navigationtest ! videoconvert') as (server, viewer):
        for x, y in ((100, 80), (250, 200)):
            viewer.inputs.position (x, y)
            viewer.wait_canvas (lambda picture: lit (picture, x, y)
                                and not lit (picture, 350 - x, 280 - y))
        viewer.inputs.position (40, 40)
        viewer.inputs.press (1)
        viewer.wait_canvas (lambda picture: lit (picture, 40, 40))


def lit (picture, x, y):
    """Whether something is drawn around a place."""
    return picture[y - 6:y + 7, x - 6:x + 7].max () > 100


@contextlib.contextmanager
def listening (*words):
    """A stage whose source collects navigation events, and a viewer."""
    with Stage ('videotestsrc name=source is-live=true', *words,
                '! spicesink name=s port=0') as stage:
        seen = []

        def on_event (pad, info):
            structure = info.get_event ().get_structure ()
            if structure and structure.has_name ('application/x-gst-navigation'):
                seen.append (structure.copy ())
                GLib.MainContext.default ().wakeup ()
            return stage.Gst.PadProbeReturn.OK
        stage['source'].get_static_pad ('src').add_probe (
            stage.Gst.PadProbeType.EVENT_UPSTREAM, on_event)
        with watching (stage) as viewer:
            yield viewer, seen


def test_scalers_map_the_pointer ():
    with listening ('! video/x-raw,width=320,height=240 ! videoscale !',
                    'video/x-raw,width=640,height=480 ! videoconvert') as (
            viewer, seen):
        assert viewer.display ().size == (640, 480)
        viewer.inputs.position (100, 80)
        viewer.wait (lambda: seen, what='a move')
        assert place (seen[0]) == (50, 40), seen[0].to_string ()
        viewer.inputs.wheel (1)
        viewer.wait (lambda: len (seen) == 3, what='a scroll')
        assert [s.get_value ('event') for s in seen] == [
            'mouse-move', 'mouse-move', 'mouse-scroll']
        assert place (seen[1]) == (50, 40), seen[1].to_string ()


def place (structure):
    return structure.get_value ('pointer_x'), structure.get_value ('pointer_y')


def test_events_name_their_viewer ():
    with listening ('! video/x-raw,width=320,height=240 ! videoconvert') as (
            viewer, seen):
        viewer.inputs.key (0x1e)
        viewer.wait (lambda: len (seen) == 2, what='two events')
        ids = {s.get_value ('connection-id') for s in seen}
        assert len (ids) == 1 and ids.pop () > 0
        assert seen[0].get_value ('scancode') == 0x1e


def test_each_display_gets_its_own_pointer ():
    with pipeline ('spicesink name=s port=0', DESK, '! s.video_0', DESK,
                   '! s.video_1') as server:
        with watching (server) as viewer:
            viewer.display (1)
            viewer.inputs.position (30, 40, 1)
            server.wait_line ('video_1.*' + event ('mouse-move', at (30, 40)))
            viewer.inputs.position (50, 60, 0)
            server.wait_line ('video_0.*' + event ('mouse-move', at (50, 60)))
            viewer.inputs.click (1)
            server.wait_line ('video_0.*' + event ('mouse-button-release'))


def test_a_stuck_element_upstream_holds_up_no_picture ():
    """Input waits on a thread of its own."""
    with Stage (DESK, '! identity name=slow ! spicesink name=s port=0') as stage:
        held = stage['slow'].get_static_pad ('src').add_probe (
            stage.Gst.PadProbeType.EVENT_UPSTREAM
            | stage.Gst.PadProbeType.BLOCK,
            lambda pad, info: stage.Gst.PadProbeReturn.OK)
        with watching (stage) as viewer:
            viewer.inputs.key (0x1e)
            with Viewer (stage.port, audio=False) as second:
                second.wait_canvas (lambda picture: True)
            stage['slow'].get_static_pad ('src').remove_probe (held)
