# SPDX-License-Identifier: LGPL-2.1-or-later
"""The clipboard: content of an application at real viewers, and theirs at it."""

import contextlib
import io

from clips import *
from desk import *
from judge import *
from PIL import Image

MEDIA = {TEXT: 'text/plain;charset=utf-8', PNG: 'image/png'}
SIZES = (0, 1, 1 << 20)


def text (size):
    """So many bytes of UTF-8 without a NUL."""
    return bytes (0x20 + i * 7 % 95 for i in range (size))


def picture ():
    """A PNG file of some hundred kilobytes."""
    file = io.BytesIO ()
    Image.fromarray (painting (3, 400, 300)).save (file, 'PNG')
    return file.getvalue ()


class Owner:
    """The application: a desk whose server is asked and answers."""

    def __init__ (self, desk):
        self.server = desk['s'].get_property ('server')
        self.grabs = []        # (id, selection, types)
        self.releases = []     # (id, selection)
        self.data = []         # (id, selection, type, bytes or None)
        self.own = {}          # media type → bytes
        for name in ('grabbed', 'released', 'data', 'requested'):
            self.server.connect (f'clipboard-{name}',
                                 getattr (self, f'_on_{name}'))

    def _on_grabbed (self, _, number, selection, types):
        self.grabs.append ((number, int (selection), list (types)))

    def _on_released (self, _, number, selection):
        self.releases.append ((number, int (selection)))

    def _on_data (self, _, number, selection, kind, data):
        self.data.append ((number, int (selection), kind,
                           None if data is None else data.get_data () or b''))

    def _on_requested (self, _, number, selection, kind):
        data = self.own.get (kind)
        return None if data is None else GLib.Bytes.new (data)

    def offer (self, own, number=0, selection=CLIPBOARD):
        self.own = own
        self.server.emit ('clipboard-grab', number, selection, list (own))

    def fetch (self, number, kind, selection=CLIPBOARD):
        """What a viewer has, as bytes; None when it has nothing."""
        count = len (self.data)
        assert self.server.emit ('clipboard-request', number, selection, kind)
        poll (lambda: len (self.data) > count, 30, 'data')
        answer = self.data[-1]
        assert answer[:3] == (number, selection, kind), answer[:3]
        return answer[3]

    def ids (self):
        return [client.get_value ('connection-id')
                for client in self.server.get_clients ()]


@contextlib.contextmanager
def sharing (count=1, **settings):
    """A desk's owner and so many viewers' clipboards."""
    GstSpice = gst_spice ()
    server = GstSpice.Server.new (None)
    with Desk (server=server, **settings) as desk:
        desk.show (painting (0))
        owner = Owner (desk)
        with contextlib.ExitStack () as stack:
            boards = []
            for _ in range (count):
                viewer = stack.enter_context (Viewer (desk.port, audio=False))
                boards.append (Clips (viewer))
            yield (desk, owner, *boards)


def wait_offer (board, types, selection=CLIPBOARD):
    board.viewer.wait (lambda: (selection, types) in board.grabs, 30,
                       lambda: f'an offer of {types}; so far {board.grabs}')


def wait_grab (owner, selection=CLIPBOARD, count=1):
    poll (lambda: len (owner.grabs) >= count, 30, 'a grab')
    assert owner.grabs[-1][1] == selection
    return owner.grabs[-1][0]


# ---- one viewer

def test_text_goes_to_the_viewer ():
    with sharing () as (desk, owner, board):
        board.wait_ready ()
        for size in SIZES:
            board.grabs.clear ()
            owner.offer ({MEDIA[TEXT]: text (size)})
            wait_offer (board, [TEXT])
            got = board.fetch (TEXT)
            assert got == text (size), (size, got and len (got))


def test_text_comes_from_the_viewer ():
    with sharing () as (desk, owner, board):
        board.wait_ready ()
        for turn, size in enumerate (SIZES):
            board.grab (text (size))
            number = wait_grab (owner, count=turn + 1)
            assert owner.grabs[-1][2] == [MEDIA[TEXT]]
            got = owner.fetch (number, MEDIA[TEXT])
            assert got == text (size), (size, got and len (got))
        poll (lambda: desk.events ('spice-clipboard-grab'))
        message = desk.events ('spice-clipboard-grab')[0]
        assert message.get_value ('connection-id') == number


def test_an_image_goes_both_ways ():
    image = picture ()
    with sharing () as (desk, owner, board):
        board.wait_ready ()
        owner.offer ({MEDIA[TEXT]: b'a picture', MEDIA[PNG]: image})
        wait_offer (board, [TEXT, PNG])
        assert board.fetch (PNG) == image
        board.grab (image, PNG)
        number = wait_grab (owner)
        assert owner.fetch (number, MEDIA[PNG]) == image
        # what the viewer does not have
        assert owner.fetch (number, MEDIA[TEXT]) is None


def test_selections_are_apart ():
    with sharing () as (desk, owner, board):
        board.wait_ready ()
        board.grab (b'marked', selection=PRIMARY)
        number = wait_grab (owner, PRIMARY)
        assert owner.fetch (number, MEDIA[TEXT], CLIPBOARD) is None
        assert owner.fetch (number, MEDIA[TEXT], PRIMARY) == b'marked'
        board.main.clipboard_selection_release (PRIMARY)
        poll (lambda: owner.releases == [(number, PRIMARY)], 30, 'the release')
        owner.server.emit ('clipboard-grab', 0, PRIMARY, [MEDIA[TEXT]])
        wait_offer (board, [TEXT], PRIMARY)
        owner.server.emit ('clipboard-release', 0, PRIMARY)
        board.viewer.wait (lambda: PRIMARY in board.releases)


def test_a_late_answer_counts ():
    with sharing () as (desk, owner, board):
        board.wait_ready ()
        owner.offer ({MEDIA[TEXT]: None})
        wait_offer (board, [TEXT])
        owner.server.connect (
            'clipboard-requested', lambda server, number, selection, kind:
            server.emit ('clipboard-set-data', number, selection, kind,
                         GLib.Bytes.new (b'later')))
        assert board.fetch (TEXT) == b'later'


# ---- limits

def test_too_much_is_refused_both_ways ():
    with sharing (clipboard_max_size=1000) as (desk, owner, board):
        board.wait_ready ()
        for size, passes in ((1000, True), (1001, False)):
            board.grabs.clear ()
            owner.offer ({MEDIA[TEXT]: text (size)})
            wait_offer (board, [TEXT])
            assert board.fetch (TEXT) == (text (size) if passes else None)
            count = len (owner.grabs)
            board.grab (text (size))
            number = wait_grab (owner, count=count + 1)
            got = owner.fetch (number, MEDIA[TEXT])
            assert got == (text (size) if passes else None)
        assert board.viewer.errors () == []


def test_it_is_closed_and_opened_again ():
    with sharing (clipboard=0) as (desk, owner, board):
        owner.offer ({MEDIA[TEXT]: b'open'})
        board.viewer.wait (lambda: board.main.get_property ('agent-connected'))
        assert not board.main.agent_test_capability (BY_DEMAND)
        desk['s'].set_property ('clipboard', 3)
        board.wait_ready ()
        wait_offer (board, [TEXT])
        assert board.fetch (TEXT) == b'open'
        desk['s'].set_property ('clipboard', 0)
        board.viewer.wait (lambda: CLIPBOARD in board.releases)
        board.viewer.wait (
            lambda: not board.main.agent_test_capability (BY_DEMAND))


def test_one_way_only ():
    with sharing (clipboard='to-client') as (desk, owner, board):
        board.wait_ready ()
        board.grab (b'mine')
        assert board.fetch (TEXT) is None # and so its grab has arrived
        owner.offer ({MEDIA[TEXT]: b'yours'})
        owner.offer ({MEDIA[TEXT]: b'yours'}, selection=PRIMARY)
        wait_offer (board, [TEXT], PRIMARY)
        assert owner.grabs == []
        assert owner.fetch (owner.ids ()[0], MEDIA[TEXT]) is None


# ---- several viewers

def test_viewers_do_not_see_each_others ():
    with sharing (2) as (desk, owner, one, two):
        one.wait_ready ()
        two.wait_ready ()
        one.grab (b'of one')
        first = wait_grab (owner)
        second = [number for number in owner.ids () if number != first][0]
        assert owner.fetch (second, MEDIA[TEXT]) is None
        assert owner.fetch (first, MEDIA[TEXT]) == b'of one'
        assert two.grabs == [] and two.requests == []
        # the application passes it on
        owner.offer ({MEDIA[TEXT]: owner.data[-1][3]}, second)
        wait_offer (two, [TEXT])
        assert two.fetch (TEXT) == b'of one'
        assert one.grabs == []
        # who has something loses it only to an offer of its own
        assert owner.fetch (first, MEDIA[TEXT]) == b'of one'


def test_who_comes_later_is_offered_it_too ():
    with sharing () as (desk, owner, board):
        board.wait_ready ()
        owner.offer ({MEDIA[TEXT]: b'old news'})
        wait_offer (board, [TEXT])
        with Viewer (desk.port, audio=False) as viewer:
            late = Clips (viewer)
            wait_offer (late, [TEXT])
            assert late.fetch (TEXT) == b'old news'


def test_who_may_only_look_is_left_out ():
    with sharing (view_only=True) as (desk, owner, board):
        board.wait_ready ()
        owner.offer ({MEDIA[TEXT]: b'secret'})
        board.grab (b'mine')
        assert board.fetch (TEXT) is None # and so its grab has arrived
        number = owner.ids ()[0]
        assert owner.fetch (number, MEDIA[TEXT]) is None
        assert owner.grabs == [] and board.grabs == []
        owner.server.set_client_role (number, False)
        wait_offer (board, [TEXT])
        assert board.fetch (TEXT) == b'secret'


def test_who_waits_for_control_is_left_out_meanwhile ():
    with sharing (control='first') as (desk, owner, board):
        board.wait_ready ()
        with Viewer (desk.port, audio=False) as viewer:
            late = Clips (viewer)
            late.wait_ready ()
            owner.offer ({MEDIA[TEXT]: b'secret'})
            wait_offer (board, [TEXT])
            late.grab (b'mine')
            assert late.fetch (TEXT) is None # and so its grab has arrived
            assert owner.grabs == [] and late.grabs == []
            first, second = owner.ids ()
            desk.server.emit ('give-control', second)
            wait_offer (late, [TEXT])
            assert late.fetch (TEXT) == b'secret'
            assert board.fetch (TEXT) is None
