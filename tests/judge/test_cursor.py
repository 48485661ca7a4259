# SPDX-License-Identifier: LGPL-2.1-or-later
"""The pointer's shape and place, as viewers get them."""

import contextlib

from judge import *
from stage import Stage

FORMATS = {'BGRA': (2, 1, 0, 3), 'RGBA': (0, 1, 2, 3), 'ARGB': (1, 2, 3, 0),
           'ABGR': (3, 2, 1, 0)}  # places of red, green, blue, alpha in them
DESK = 'videotestsrc is-live=true ! video/x-raw,width=320,height=240 !' \
       ' videoconvert'


def shape_of (width, height, seed=1):
    """Noise with every degree of transparency, red first."""
    return numpy.random.default_rng (seed).integers (
        0, 256, (height, width, 4), numpy.uint8)


class Pointer:
    """An appsrc that a test pushes shapes into."""

    def __init__ (self, stage, form='BGRA'):
        self.stage, self.form = stage, form
        self.source = stage['shapes']
        self.count = 0

    def push (self, rgba):
        Gst = self.stage.Gst
        height, width = rgba.shape[:2]
        data = numpy.zeros_like (rgba)
        for channel, place in enumerate (FORMATS[self.form]):
            data[:, :, place] = rgba[:, :, channel]
        buffer = Gst.Buffer.new_wrapped (data.tobytes ())
        caps = Gst.Caps.from_string (
            f'video/x-raw,format={self.form},width={width},height={height},'
            'framerate=0/1')
        self.source.emit ('push-sample', Gst.Sample.new (buffer, caps, None,
                                                         None))

    def tell (self, fields):
        Gst = self.stage.Gst
        structure = Gst.Structure.new_from_string (f'spice-cursor,{fields}')
        self.source.send_event (Gst.Event.new_custom (
            Gst.EventType.CUSTOM_DOWNSTREAM, structure))


@contextlib.contextmanager
def pointing (form='BGRA', mode=None):
    """A desk with a pointer; its stage, its Pointer, a viewer."""
    with Stage (DESK, '! spicedisplaysink appsrc name=shapes is-live=true',
                'format=time do-timestamp=true ! spicecursorsink name=s port=0'
                ) as stage:
        pointer = Pointer (stage, form)
        with Viewer (stage.port, audio=False) as viewer:
            viewer.display ()
            viewer.cursor
            if mode:
                viewer.request_mouse_mode (mode)
                viewer.wait (lambda: viewer.mouse_mode == mode, what='the mode')
            yield stage, pointer, viewer


def wait_shape (viewer, rgba, hot=(0, 0), part=None):
    cursor = part or viewer.cursor
    height, width = rgba.shape[:2]
    viewer.wait (lambda: cursor.visible and cursor.shape
                 and cursor.shape[:4] == (width, height, *hot)
                 and (cursor.shape.rgba == rgba).all (), None,
                 lambda: f'{width}x{height} {hot}; got {cursor.shape}')


def test_a_shape_arrives_pixel_by_pixel ():
    for form in FORMATS:
        with pointing (form) as (stage, pointer, viewer):
            pointer.push (shape_of (32, 32))
            wait_shape (viewer, shape_of (32, 32))


def test_the_hot_spot_arrives ():
    with pointing () as (stage, pointer, viewer):
        stage['s'].set_property ('hot-x', 3)
        stage['s'].set_property ('hot-y', 5)
        pointer.push (shape_of (32, 24))
        wait_shape (viewer, shape_of (32, 24), (3, 5))
        stage['s'].set_property ('hot-x', 31)
        wait_shape (viewer, shape_of (32, 24), (31, 5))


def test_shapes_of_every_size_follow_each_other ():
    with pointing () as (stage, pointer, viewer):
        for seed, size in enumerate (((1, 1), (48, 48), (256, 256), (17, 3),
                                      (5, 256))):
            pointer.push (shape_of (*size, seed))
            wait_shape (viewer, shape_of (*size, seed))


def test_an_equal_shape_is_not_sent_again ():
    with pointing () as (stage, pointer, viewer):
        pointer.push (shape_of (32, 32))
        wait_shape (viewer, shape_of (32, 32))
        sets = viewer.cursor.sets
        pointer.push (shape_of (32, 32))
        pointer.push (shape_of (32, 32))
        pointer.push (shape_of (8, 8))
        wait_shape (viewer, shape_of (8, 8))
        assert viewer.cursor.sets == sets + 1


def test_a_latecomer_gets_the_shape ():
    with pointing () as (stage, pointer, viewer):
        stage['s'].set_property ('hot-x', 7)
        pointer.push (shape_of (40, 40))
        wait_shape (viewer, shape_of (40, 40), (7, 0))
        with Viewer (stage.port, audio=False) as late:
            wait_shape (late, shape_of (40, 40), (7, 0))


def test_the_pointer_hides_and_shows ():
    with pointing () as (stage, pointer, viewer):
        pointer.push (shape_of (16, 16))
        wait_shape (viewer, shape_of (16, 16))
        stage['s'].set_property ('visible', False)
        viewer.wait (lambda: viewer.cursor.visible is False, what='hidden')
        with Viewer (stage.port, audio=False) as late:
            late.display ()
            late.wait (lambda: late.cursor.visible is False, what='hidden')
            stage['s'].set_property ('visible', True)
            wait_shape (late, shape_of (16, 16))
        wait_shape (viewer, shape_of (16, 16))


def test_the_server_moves_the_pointer_in_server_mode ():
    with pointing (mode=SERVER_MOUSE) as (stage, pointer, viewer):
        pointer.push (shape_of (16, 16))
        wait_shape (viewer, shape_of (16, 16))
        for x, y in ((100, 50), (319, 239), (0, 0)):
            stage['s'].set_property ('x', x)
            stage['s'].set_property ('y', y)
            viewer.wait (lambda: viewer.cursor.position == (x, y),
                         what=f'{x},{y}')


def test_the_viewer_moves_the_pointer_in_client_mode ():
    with pointing (mode=CLIENT_MOUSE) as (stage, pointer, viewer):
        for size in (16, 24):
            pointer.push (shape_of (size, size))
            wait_shape (viewer, shape_of (size, size))
        moves = viewer.cursor.moves
        stage['s'].set_property ('x', 77)
        pointer.push (shape_of (8, 8))
        wait_shape (viewer, shape_of (8, 8))
        assert viewer.cursor.moves == moves
        viewer.request_mouse_mode (SERVER_MOUSE)
        viewer.wait (lambda: viewer.cursor.position == (77, 0),
                     what='the place, after the change of mode')


def test_places_come_in_step_with_shapes ():
    with pointing (mode=SERVER_MOUSE) as (stage, pointer, viewer):
        pointer.push (shape_of (16, 16))
        wait_shape (viewer, shape_of (16, 16))
        pointer.tell ('x=20,y=30,hot-x=1,hot-y=2')
        viewer.wait (lambda: viewer.cursor.position == (20, 30), what='20,30')
        wait_shape (viewer, shape_of (16, 16), (1, 2))
        pointer.tell ('visible=false')
        viewer.wait (lambda: viewer.cursor.visible is False, what='hidden')


def test_spicesink_takes_pointers ():
    """cursor_0 from a plain file, beside its picture."""
    shape = shape_of (32, 32)
    shape[:, :, [2, 1, 0, 3]].tofile ('shape.bgra')
    with pipeline ('spicesink name=s port=0 cursor_0::hot-x=4', DESK,
                   '! s.video_0 filesrc location=shape.bgra blocksize=4096 !',
                   'rawvideoparse format=bgra width=32 height=32 framerate=0/1',
                   '! s.cursor_0') as server:
        with Viewer (server.port, audio=False) as viewer:
            viewer.wait_canvas (lambda picture: picture.any ())
            wait_shape (viewer, shape, (4, 0))
            with Viewer (server.port, audio=False) as late:
                wait_shape (late, shape, (4, 0))


def test_each_display_has_its_pointer ():
    for seed in (0, 1):
        shape_of (16, 16, seed)[:, :, [2, 1, 0, 3]].tofile (f'{seed}.bgra')
    words = [f'filesrc location={n}.bgra blocksize=1024 ! rawvideoparse'
             ' format=bgra width=16 height=16 framerate=0/1 !'
             f' s.cursor_{n} {DESK} ! s.video_{n}' for n in (0, 1)]
    with pipeline ('spicesink name=s port=0', *words) as server:
        with Viewer (server.port, audio=False) as viewer:
            for seed in (0, 1):
                wait_shape (viewer, shape_of (16, 16, seed),
                            part=viewer.part (CURSOR, seed))
