# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every line of the README's list works as it stands there: it serves a
picture to a viewer and ends when asked."""

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
    return env, words


def is_listening ():
    with socket.socket () as probe:
        return probe.connect_ex (('127.0.0.1', PORT)) == 0


def check_served (line, screen):
    env, command = parse (line)
    assert not is_listening (), f'port {PORT} is in use'
    password = re.search (r'password=(\w+)', line)
    env['DISPLAY'] = screen.display
    timer = GLib.timeout_add (LOOK_AGAIN_MS, lambda: True)
    with Server (command, ready='PLAYING|Now playing', env=env):
        wait (is_listening, 10, line)
        with Viewer (PORT, password=password and password[1]) as viewer:
            viewer.wait_canvas (lambda picture: picture.any ())
    GLib.source_remove (timer)


def test_launch_lines ():
    lines = launch_lines ()
    assert len (lines) >= 10, lines
    with Screen ('640x480x24') as screen:
        # a screen without anything is black
        run (['xsetroot', '-solid', 'white'], env=screen.env)
        for line in lines:
            print (line, flush=True)
            if 'spice' in line:
                check_served (line, screen)
            else:
                env, command = parse (line)
                run (command, env=dict (os.environ, **env))


test_launch_lines.timeout = 180
