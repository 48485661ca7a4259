# SPDX-License-Identifier: LGPL-2.1-or-later
"""spiceinject joins an X display's selections with the viewers' clipboard: a
viewer of spice-client-glib here, xclip there."""

import contextlib
import io
import signal

from clips import *
from desk import *
from judge import *
from PIL import Image

LINE = ('appsrc name=head is-live=true format=time !'
        ' spiceinject name=inject display-name={} clipboard=true !'
        ' spicedisplaysink name=s')
LARGE = bytes (0x20 + i * 7 % 95 for i in range (1 << 20))


def png ():
    file = io.BytesIO ()
    Image.fromarray (painting (3, 400, 300)).save (file, 'PNG')
    return file.getvalue ()


@contextlib.contextmanager
def joined (screen, **settings):
    """A desk, its display's programs, a viewer's clipboard."""
    with Desk (LINE.format (screen.display), **settings) as desk:
        desk.show (painting (1))
        with Viewer (desk.port, audio=False) as viewer:
            clips = Clips (viewer)
            clips.wait_ready ()
            yield desk, Programs (screen.env), clips
            assert not viewer.errors ()


def check_pasted (programs, data, target=None, selection=CLIPBOARD):
    poll (lambda: programs.paste (target, selection) == data, TIMEOUT,
          f'{len (data)} bytes of the viewer')


def test_text_goes_both_ways ():
    with Screen () as screen, joined (screen) as (desk, programs, clips):
        for text in ('Grüße €'.encode (), b'x', LARGE):
            programs.copy (text)
            clips.wait_grab ()
            assert clips.fetch () == text
            clips.grab (text[::-1] if text is LARGE else text + b'!')
            check_pasted (programs, clips.own[CLIPBOARD, TEXT])


def test_pictures_go_both_ways ():
    with Screen () as screen, joined (screen) as (desk, programs, clips):
        picture = png ()
        programs.copy (picture, 'image/png')
        clips.wait_grab (PNG)
        assert clips.fetch (PNG) == picture
        clips.grab (picture + b'more', PNG)
        check_pasted (programs, picture + b'more', 'image/png')
        assert programs.paste ('UTF8_STRING') is None


def test_marked_text_is_a_selection_of_its_own ():
    with Screen () as screen, joined (screen) as (desk, programs, clips):
        programs.copy (b'copied')
        clips.wait_grab ()
        programs.copy (b'marked', selection=PRIMARY)
        clips.wait_grab (selection=PRIMARY)
        assert clips.fetch (selection=PRIMARY) == b'marked'
        assert clips.fetch () == b'copied'
        clips.grab (b'marked by the viewer', selection=PRIMARY)
        check_pasted (programs, b'marked by the viewer', None, PRIMARY)
        assert programs.paste () == b'copied'


def test_files_are_known_by_their_paths ():
    with Screen () as screen, joined (screen) as (desk, programs, clips):
        programs.copy (b'file:///a%20b\r\nfile:///c\r\n', 'text/uri-list')
        clips.wait_grab (FILES)
        assert clips.fetch (FILES) == b'copy\0/a b\0/c'
        clips.grab (b'cut\0/x', FILES)
        check_pasted (programs, b'file:///x\r\n', 'text/uri-list')


def test_what_is_there_before_the_viewer_is_offered ():
    with Screen () as screen:
        Programs (screen.env).copy (b'from before')
        with joined (screen) as (desk, programs, clips):
            # the offer may have come before anybody listened
            poll (lambda: clips.fetch () == b'from before', TIMEOUT,
                  'what was copied before')


def test_a_viewer_that_leaves_takes_its_clipboard_along ():
    with Screen () as screen, joined (screen) as (desk, programs, clips):
        with Viewer (desk.port, audio=False) as other:
            theirs = Clips (other)
            theirs.wait_ready ()
            theirs.grab (b'of the other')
            check_pasted (programs, b'of the other')
        poll (lambda: programs.paste () is None, TIMEOUT, 'nothing to be there')
        clips.grab (b'of the one')
        check_pasted (programs, b'of the one')


def test_it_is_switched_off_and_on ():
    with Screen () as screen, joined (screen) as (desk, programs, clips):
        clips.grab (b'open')
        check_pasted (programs, b'open')
        desk['inject'].set_property ('clipboard', False)
        poll (lambda: programs.paste () is None, TIMEOUT, 'nothing to be there')
        programs.copy (b'unseen')
        desk['inject'].set_property ('clipboard', True)
        clips.wait_grab ()
        assert clips.fetch () == b'unseen'


def test_what_is_closed_stays_closed ():
    with Screen () as screen, \
            joined (screen, clipboard='to-client') as (desk, programs, clips):
        programs.copy (b'to the viewer')
        clips.wait_grab ()
        assert clips.fetch () == b'to the viewer'
        clips.grab (b'to the desktop')
        # what follows on another selection has overtaken nothing
        programs.copy (b'marked', selection=PRIMARY)
        clips.wait_grab (selection=PRIMARY)
        assert programs.paste () == b'to the viewer'


def test_the_largest_size_counts_at_once ():
    with Screen () as screen, joined (
            screen, clipboard_max_size=1000) as (desk, programs, clips):
        programs.copy (LARGE)
        clips.wait_grab ()
        assert clips.fetch () is None
        clips.grab (LARGE[::-1])
        poll (lambda: programs.paste () is None and clips.requests, TIMEOUT,
              'nothing to be pasted')
        # of the sink, not of the element that has the display
        desk['s'].set_property ('clipboard-max-size', len (LARGE))
        check_pasted (programs, LARGE[::-1])
        programs.copy (LARGE)
        clips.wait_grab ()
        assert clips.fetch () == LARGE


def pasted_soon (programs):
    """None when whoever has it is silent: who was before, perhaps."""
    try:
        return programs.paste (timeout=3.0)
    except Timeout:
        return None


def test_a_program_that_says_nothing_holds_up_nobody ():
    with Screen () as screen, joined (screen) as (desk, programs, clips), \
            programs.owning (b'will be stopped') as program:
        clips.wait_grab ()
        program.send_signal (signal.SIGSTOP)
        clips.main.clipboard_selection_request (CLIPBOARD, TEXT)
        # it is answered in time, or taken over by the next one
        clips.grab (b'the next one')
        poll (lambda: pasted_soon (programs) == b'the next one', TIMEOUT,
              'what the viewer has')
        desk.show (painting (2))
        clips.viewer.wait_canvas (painting (2))


def test_no_display_is_an_error ():
    desk = Desk (LINE.format (':7000'))
    assert ':7000' in desk.start_error ()
