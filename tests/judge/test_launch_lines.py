# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every line of the README's list, and of the elements' own descriptions, works
as it stands there: it serves a viewer and ends when asked."""

import glob
import os
import re
import shlex
import socket

from gi.repository import GLib

from judge import *
from apps import Screen, run
from server import ROOT, build_path

PORT = 5900                # where the lines listen, by default
LOOK_AGAIN_MS = 50
ELEMENTS = ('spicesink', 'spicedisplaysink', 'spicecursorsink',
            'spiceplaybacksink', 'spicerecordsrc', 'spicesrc', 'spiceinject',
            'qxlreplaysrc', 'spiceinputsrc', 'spiceinputparse',
            'spiceinputsink')
ASSIGNMENT = re.compile (r'\w+=')


def launch_lines ():
    with open (os.path.join (ROOT, 'README.md'), encoding='utf-8') as file:
        part = file.read ().split ('## Launch lines')[1].split ('\n## ')[0]
    return re.findall (r'^```sh\n(.+)\n```$', part, re.MULTILINE)


def parse (line):
    """(environment, command) of a line for a shell."""
    words = shlex.split (line)
    env = {'GST_PLUGIN_PATH': build_path ('gst'),
           'GST_REGISTRY': build_path ('judge-registry.bin')}
    while ASSIGNMENT.match (words[0]):
        name, _, value = words.pop (0).partition ('=')
        env[name] = value
    if words[0].startswith ('build/'):
        words[0] = build_path (*words[0].split ('/')[1:])
    return env, words


def inspected_lines ():
    """Of the long descriptions that gst-inspect-1.0 prints."""
    env = dict (os.environ, **parse ('gst-inspect-1.0')[0])
    lines = []
    for element in ELEMENTS:
        text = run (['gst-inspect-1.0', element], env=env).decode ()
        lines += re.findall (r'^ *Description .*(gst-launch-1\.0 .+?)'
                             r'(?: \(then open.*)?$', text, re.MULTILINE)
    return lines


def page_lines ():
    """Of the elements' pages, in the sources' comments. Machines that test
    have no sound card."""
    lines = []
    for path in sorted (glob.glob (os.path.join (ROOT, 'gst', '*', '*.c'))):
        with open (path, encoding='utf-8') as file:
            found = re.findall (r'\|\[\n(.+?)\]\|', file.read (), re.DOTALL)
        lines += [re.sub (r'\s*\n \* *', ' ', '\n' + line).strip ().replace (
            'pulsesrc', 'audiotestsrc is-live=true') for line in found
            if 'gst-launch-1.0' in line]
    return lines


def is_listening (port):
    with socket.socket () as probe:
        return probe.connect_ex (('127.0.0.1', port)) == 0


def check_served (line, screen):
    env, command = parse (line)
    port = int ((re.search (r'\bport=(\d+)', line) or [0, PORT])[1])
    assert not is_listening (port), f'port {port} is in use'
    password = re.search (r'password=(\w+)', line)
    env['DISPLAY'] = screen.display
    timer = GLib.timeout_add (LOOK_AGAIN_MS, lambda: True)
    with Server (command, ready='PLAYING|Now playing|Open spice:', env=env):
        wait (lambda: is_listening (port), 10, line)
        with Viewer (port, password=password and password[1]) as viewer:
            check_witness (line, viewer)
    GLib.source_remove (timer)


def check_witness (line, viewer):
    """What a line sends is seen, heard or asked for."""
    if re.search (r'spice(display)?sink|gst-play|qxl-clock', line):
        viewer.wait_canvas (lambda picture: picture.any ())
    if re.search (r'cursor_\d', line):
        viewer.wait (lambda: viewer.cursor.shape, what='a shape')
    if 'audiotestsrc' in line:
        wait (lambda: viewer.playback.frames and not is_silent (
            viewer.playback.pcm ()), 10, 'sound')
    if re.search (r'spicerecordsrc|spicesrc ', line) and \
            'port_0' not in line and '.input' not in line:
        viewer.wait (lambda: viewer.record.started, what='record-start')


def check_all (lines):
    # as in the project's folder
    os.symlink (os.path.join (ROOT, 'tests'), 'tests')
    with Screen ('640x480x24') as screen:
        # a screen without anything is black
        run (['xsetroot', '-solid', 'white'], env=screen.env)
        for line in lines:
            print (line, flush=True)
            if 'spiceinputparse' in line:
                env, command = parse (line)
                run (command, env=dict (screen.env, **env))
            elif re.search ('spice|qxl', line):
                check_served (line, screen)
            else:
                env, command = parse (line)
                run (command, env=dict (os.environ, **env))


def test_launch_lines ():
    lines = launch_lines ()
    assert len (lines) >= 10, lines
    check_all (lines)


test_launch_lines.timeout = 180


def test_lines_of_descriptions ():
    lines = inspected_lines () + page_lines ()
    assert len (lines) >= len (ELEMENTS), lines
    check_all (dict.fromkeys (lines))  # each once


test_lines_of_descriptions.timeout = 180
