#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Holds the documents to the code.

    docs-test.py ROOT BUILD"""

import glob
import os
import re
import subprocess
import sys
import warnings

ROOT, BUILD = map (os.path.abspath, sys.argv[1:])
sys.path[:0] = [os.path.join (ROOT, 'docs'), os.path.join (ROOT, 'tests'),
                os.path.join (ROOT, 'tests', 'judge')]

import gi
gi.require_version ('Gst', '1.0')
from gi.repository import GObject, Gst

from raw import RawSession
import pages
import tap

# of the launch lines, where there is no screen and no loudspeaker, and files lie
# elsewhere
ELSEWHERE = [('ximagesrc use-damage=false', 'videotestsrc is-live=true'),
             ('spiceinject', 'spiceinject enabled=false'),
             ('spiceinputsink', 'fakesink'),
             ('filesink location=session.input', 'fakesink'),
             ('autoaudiosink', 'fakesink'),
             ('location=', 'location=' + ROOT + os.sep)]
DEADLINE = 10 * Gst.SECOND


def read (*parts):
    with open (os.path.join (ROOT, *parts)) as file:
        return file.read ()


def section (text, title):
    """The part of a document under a heading of level two."""
    match = re.search (rf'(?ms)^## {re.escape (title)}$(.*?)(?=^## |\Z)', text)
    assert match, f'no section "{title}"'
    return match.group (1)


def code_files ():
    for folder in ('qxl', 'server-core', 'gst', 'tests'):
        for suffix in 'ch':
            yield from glob.glob (os.path.join (ROOT, folder, '**', '*.'
                                                + suffix), recursive=True)


# ---- what gst-inspect says

def test_inspect_pages_are_fresh ():
    stale = []
    for element in pages.elements (BUILD):
        path = pages.path_of (element)
        if not os.path.exists (path) \
                or read (path) != pages.describe (BUILD, element):
            stale.append (element)
    assert not stale, f'{stale}: run docs/pages.py {BUILD}'


def test_no_inspect_page_is_left_over ():
    names = [os.path.splitext (name)[0] for name in os.listdir (pages.FOLDER)]
    assert sorted (names) == sorted (pages.elements (BUILD))


# ---- elements.md

def own_properties (element):
    """Those its class installs."""
    return [spec.name for spec in element.list_properties ()
            if spec.owner_type == element.__gtype__]


def test_each_property_of_an_element_is_described ():
    text = read ('docs', 'elements.md')
    shared = section (text, 'One server')
    missing = []
    for name in pages.elements (BUILD):
        described = section (text, name) + shared
        properties = own_properties (Gst.ElementFactory.make (name))
        assert properties or name == 'spiceinputparse', name
        missing += [f'{name}: {property}' for property in properties
                    if f'`{property}`' not in described]
    assert not missing, missing


def launch_lines ():
    for page in ('elements.md', 'howto.md'):
        for block in re.findall (r'(?ms)^```sh\n(.*?)^```',
                                 read ('docs', page)):
            yield from block.splitlines ()


def play (line):
    """Runs a line on a port of its own until it plays, or fails."""
    description = re.sub (r'^gst-launch-1\.0( -\w)* ', '', line)
    for here, elsewhere in ELSEWHERE:
        description = description.replace (here, elsewhere)
    pipeline = Gst.parse_launch (description)
    elements = pipeline.iterate_recurse ()
    while (step := elements.next ())[0] == Gst.IteratorResult.OK:
        if step[1].find_property ('port'):
            step[1].set_property ('port', 0)
    pipeline.set_state (Gst.State.PLAYING)
    result = pipeline.get_state (DEADLINE)[0]
    error = pipeline.get_bus ().pop_filtered (Gst.MessageType.ERROR)
    pipeline.set_state (Gst.State.NULL)
    assert error is None, f'{line}\n{error.parse_error ()}'
    assert result in (Gst.StateChangeReturn.SUCCESS,
                      Gst.StateChangeReturn.NO_PREROLL), f'{line}\n{result}'


def test_launch_lines_play ():
    lines = list (launch_lines ())
    assert len (lines) >= len (pages.elements (BUILD))
    for line in lines:
        play (line)


# ---- messages.md

def field_names (structure):
    return [structure.nth_field_name (n)
            for n in range (structure.n_fields ())]


def structures (parent, field):
    """Copies, because what the array gives ends with it."""
    _, array = parent.get_array (field)
    return [array.get_nth (n).copy () for n in range (array.n_values)]


def statistics_with_a_viewer ():
    pipeline = Gst.parse_launch (
        'spicesink name=s port=0 videotestsrc is-live=true ! s.'
        ' audiotestsrc is-live=true ! s. videotestsrc is-live=true'
        ' ! video/x-raw,format=BGRA,width=8,height=8 ! s.cursor_0')
    sink = pipeline.get_by_name ('s')
    pipeline.set_state (Gst.State.PLAYING)
    pipeline.get_state (DEADLINE)
    with RawSession (sink.get_property ('current-port')):
        stats = sink.get_property ('stats')
    pipeline.set_state (Gst.State.NULL)
    return stats


def test_each_field_of_the_statistics_is_described ():
    text = section (read ('docs', 'messages.md'), 'Statistics')
    stats = statistics_with_a_viewer ()
    clients, channels = (structures (stats, f) for f in ('clients',
                                                         'channels'))
    assert len (clients) == 1 and len (channels) >= 5, stats.to_string ()
    for structure in [stats, *clients, *channels]:
        for name in field_names (structure):
            assert f'| `{name}` |' in text, name


def test_each_message_is_described ():
    document = read ('docs', 'messages.md')
    text = section (document, 'Messages about viewers') \
        + section (document, 'Messages about draw commands')
    names = set ()
    for path in glob.glob (os.path.join (ROOT, 'gst', '*', '*.c')):
        if path.endswith ('-test.c'):
            continue
        names |= set (re.findall (r'gst_structure_new \(\s*"(spice-[a-z-]+)"',
                                  read (path)))
    assert len (names) >= 7, names
    for name in names:
        assert f'`{name}`' in text, name


# ---- wire.md

def protocol_numbers ():
    """{name: number} of the package spice-protocol."""
    flags = subprocess.run (['pkg-config', '--cflags-only-I',
                             'spice-protocol'], check=True, text=True,
                            stdout=subprocess.PIPE).stdout.split ()
    numbers = {}
    for name in ('enums.h', 'protocol.h'):
        paths = [os.path.join (flag[2:], 'spice', name) for flag in flags]
        text = read (next (path for path in paths if os.path.exists (path)))
        for body in re.findall (r'(?s)enum[^{;]*\{(.*?)\}', text):
            count_enum (body, numbers)
    return numbers


def count_enum (body, numbers):
    number = -1
    for entry in body.split (','):
        match = re.fullmatch (r'(\w+)\s*(?:=\s*(\w+))?', entry.strip ())
        if not match:
            continue
        value = match.group (2)
        if value is None:
            number += 1
        else:
            number = int (value, 0) if value[0].isdigit () else numbers[value]
        numbers[match.group (1)] = number


def test_each_wire_message_has_its_number ():
    text = read ('docs', 'wire.md')
    numbers = protocol_numbers ()
    rows = dict (re.findall (r'\| `(SPICE_MSGC?_\w+)` \| (\d+) \|', text))
    used = {name for path in code_files () if '/server-core/' in path
            and not path.endswith ('-test.c')
            for name in re.findall (r'SPICE_MSGC?_[A-Z_0-9]+', read (path))}
    assert len (used) > 50, used
    assert used - set (rows) == set (), 'not in wire.md'
    for name, number in rows.items ():
        assert numbers[name] == int (number), name


def test_each_announced_capability_has_its_bit ():
    text = section (read ('docs', 'wire.md'), 'Capabilities')
    numbers = protocol_numbers ()
    rows = re.findall (r'(?m)^\| (\w+) \| (\d .*) \|$', text)
    assert len (rows) == 6, rows
    for kind, bits in rows:
        for bit, name in re.findall (r'(\d+) ([A-Z_]+)', bits):
            names = [n for n in numbers if re.fullmatch (
                rf'SPICE_{kind.upper ()}_CAP_(PROTOCOL_)?{name}', n)]
            assert [numbers[n] for n in names] == [int (bit)], (kind, name)


def subjects ():
    """What comments name as "spec: subject, detail", one list each."""
    for path in code_files ():
        text = re.sub (r'\n \* ?', ' ', read (path))
        for named in re.findall (r'\bspec: ([^).*;:]+)', text):
            yield path, [part.strip ().strip ('"') for part
                         in named.split (',')]


def test_subjects_of_comments_are_found ():
    text = read ('docs', 'wire.md').lower ()
    headings = ' / '.join (re.findall (r'(?m)^#+ (.*)$', text))
    found = list (subjects ())
    assert len (found) > 25, found
    for path, parts in found:
        assert parts[0].lower () in headings, (path, parts)
        for part in parts[1:]:
            assert part.lower () in text, (path, part)


def test_comments_name_no_other_specification ():
    """A reader has the documents that are here, not the notes of authors."""
    for path in code_files ():
        text = re.sub (r'\n \* ?', ' ', read (path))
        named = re.search (r'\w+ spec(ification)?,? (section |appendix )?'
                           r'[0-9A-Z]', text)
        assert not named, (path, named.group ())


# ---- hardening.md

def registered_paths ():
    """Of all tests in C: those that are written whole, and those that a macro
    of their file begins. One that ends with / is the beginning of several."""
    for path in code_files ():
        if not path.endswith ('-test.c'):
            continue
        text = read (path)
        begun = dict (re.findall (r'#define (\w+) ?\([^)]*\)[\s\\]*'
                                  r'g_test_add\w*\s*\(\s*"(/[^"]*/)"', text))
        yield from re.findall (r'"(/[\w./-]+)"', text)
        for macro, beginning in begun.items ():
            for rest in re.findall (rf'\b{macro} \(\s*"([^"]+)"', text):
                yield beginning + rest
            yield beginning


def judged (file):
    """What a file of tests/judge has of tests, without their common word."""
    names = set (re.findall (r'(?m)^def test_(\w+)',
                             read ('tests', 'judge', file)))
    if file == 'test_malformed.py':
        import malformed
        names |= set (malformed.ROWS)
    return names


def test_each_row_of_hardening_has_its_tests ():
    text = read ('docs', 'hardening.md')
    paths = set (registered_paths ())
    rows = [line for line in text.splitlines () if line.startswith ('| ')
            and not line.endswith ('| tests |')]
    assert len (rows) > 60, len (rows)
    for line in rows:
        named = re.findall (r'`(/[^`]+|test_\w+\.py: \w+)`', line)
        assert named, line
        for name in named:
            file, _, function = name.partition (': ')
            assert function in judged (file) if function else name in paths, \
                name


def test_each_test_of_hardening_has_its_row ():
    text = read ('docs', 'hardening.md')
    for path in set (registered_paths ()):
        if re.match ('/(vulnerabilities|hardening)/.*[^/]$', path):
            assert f'`{path}`' in text, path


# ---- all of them

# ---- libspice-server.md

LIBRARY = 'libspice-server.so.1'


def exported ():
    """The functions of the library that the page is about."""
    folders = subprocess.run (['ldconfig', '-p'], capture_output=True, text=True,
                              env={'PATH': '/sbin:/usr/sbin:/bin:/usr/bin'},
                              check=True).stdout
    path = re.search (rf'{re.escape (LIBRARY)} .*=> (\S+)', folders).group (1)
    names = subprocess.run (['nm', '-D', '--defined-only', path], text=True,
                            capture_output=True, check=True).stdout
    return set (re.findall (r' T (spice_\w+)', names))


def test_each_entry_point_of_libspice_server_has_a_row ():
    text = read ('docs', 'libspice-server.md') + read ('docs', 'qxl-entry-points.md')
    named = set (re.findall (r'`(spice_\w+)', text))
    # "`spice_replay_new`, `…_next_cmd`"
    for row in re.findall (r'(?m)^\| `.*?\|', text):
        first = re.match (r'\| `(spice_\w+)`', row)
        if not first:
            continue
        for end in re.findall (r'`…(_\w+)`', row):
            stem = first.group (1)
            named |= {stem + end, stem.rsplit ('_', 1)[0] + end}
        named |= {name + '_async' for name in re.findall (r'`(spice_\w+)`', row)
                  if '`…_async`' in row}
    missing = sorted (exported () - named)
    assert len (exported ()) > 90 and not missing, missing


def own_names ():
    """kind → the names there are."""
    Gst.init ([])
    kinds = {'property': set (), 'signal': set (),
             'element': set (pages.elements (BUILD))}
    things = [Gst.ElementFactory.make (name) for name in kinds['element']]
    things.append (GObject.new (GObject.type_from_name ('GstSpiceServer')))
    for thing in things:
        kinds['property'] |= {spec.name for spec in thing.list_properties ()}
        kinds['signal'] |= set (GObject.signal_list_names (thing.__gtype__))
    kinds['action'] = kinds['signal']
    kinds['message'] = set (re.findall (r'(?m)^\| `(spice-[a-z-]+)` \|',
                                        read ('docs', 'messages.md')))
    kinds['call'] = set (re.findall (
        r'\b(gst_spice_\w+) \(', ''.join (
            open (path).read ()
            for path in glob.glob (os.path.join (ROOT, 'gst', 'common', '*.h')))))
    return kinds


def test_each_counterpart_of_an_entry_point_exists ():
    kinds = own_names ()
    named = re.findall (r'(property|signal|action|message|call|element) `([^`]+)`',
                        read ('docs', 'libspice-server.md'))
    wrong = [(kind, name) for kind, name in named if name not in kinds[kind]]
    assert len (named) > 80 and not wrong, wrong


# ---- video.md

def test_each_test_that_is_named_is_there ():
    text = read ('docs', 'video.md')
    units = set (re.findall (r'`/([a-z-]+/[a-z0-9-]+)`', text))
    judges = set (re.findall (r'`(test_[a-z_]+)\.(test_[a-z0-9_]+)`', text))
    sources = ''.join (
        read (path) for layer in ('qxl', 'server-core', 'gst')
        for path in glob.glob (os.path.join (ROOT, layer, '**', '*-test.c'),
                               recursive=True))
    # a string may be cut, or begin with a macro
    sources = re.sub (r'"\s*"', '', sources)
    for name in units:
        room, promise = name.split ('/')
        assert f'"/{name}"' in sources or (f'"/{room}/"' in sources and
                                           f'"{promise}"' in sources), name
    for module, name in judges:
        assert f'def {name} (' in read ('tests', 'judge', module + '.py'), name
    assert len (units) > 30 and len (judges) > 15, (units, judges)


def test_architecture_names_each_room ():
    text = read ('docs', 'architecture.md')
    drawn = section (text, 'Layers')
    for layer, prefix in ('server-core', ''), ('gst', 'gst/'):
        rooms = [os.path.basename (os.path.dirname (path)) for path in
                 glob.glob (os.path.join (ROOT, layer, '*', 'meson.build'))]
        assert len (rooms) > 3, layer
        for room in rooms:
            assert f'| `{prefix}{room}/` |' in text, room
            assert re.search (rf'\b{prefix}{room}\b', drawn), room


def test_files_named_by_architecture_are_there ():
    names = re.findall (r'`((?:[\w-]+/)*[\w-]+\.[ch])`',
                        read ('docs', 'architecture.md'))
    assert len (names) > 10, names
    for name in names:
        assert glob.glob (os.path.join (ROOT, '**', name),
                          recursive=True), name


def anchors (text):
    return {re.sub (r'[^a-z0-9 -]', '', title.lower ()).replace (' ', '-')
            for title in re.findall (r'(?m)^#+ (.*)$', text)}


def test_links_lead_somewhere ():
    n_links = 0
    for path in [*glob.glob (os.path.join (ROOT, 'docs', '*.md')),
                 *glob.glob (os.path.join (ROOT, '*.md')),
                 *glob.glob (os.path.join (ROOT, 'examples', '*.md'))]:
        for link in re.findall (r'(?<!!)\[[^]]+\]\(([^)\s]+)\)',
                                read (path)):
            if '://' in link:
                continue
            file, _, anchor = link.partition ('#')
            target = os.path.join (os.path.dirname (path), file) if file \
                else path
            assert os.path.exists (target), (path, link)
            assert not anchor or anchor in anchors (read (target)), (path,
                                                                     link)
            n_links += 1
    assert n_links > 10


# arrays in structures are read by a deprecated class; there is no other
warnings.simplefilter ('ignore', DeprecationWarning)
Gst.init (None)
sys.exit (tap.main (globals ()))
