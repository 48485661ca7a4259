#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What gst-inspect-1.0 says of each element, kept in docs/inspect/.

    inspect.py BUILD        writes the files anew, from the plugins in BUILD

The test docs-test.py compares them, so a changed property shows in review."""

import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname (os.path.abspath (__file__))
FOLDER = os.path.join (HERE, 'inspect')
PLUGINS = ['spicesink', 'spicesrc']
# what differs from one machine, or release, to the next
VARYING = [(r'(?m)^(  Filename +).*/', r'\1'),
           (r'(?m)^(  Version +).*$', r'\1of the package'),
           (r'(?m)[ \t]+$', '')]


def gst_inspect (build, *arguments):
    with tempfile.TemporaryDirectory () as folder:
        env = dict (os.environ, LANG='C', GST_PLUGIN_SYSTEM_PATH_1_0='',
                    GST_PLUGIN_PATH=':'.join (os.path.join (build, 'gst', name)
                                              for name in PLUGINS),
                    GST_REGISTRY=os.path.join (folder, 'registry'))
        return subprocess.run (['gst-inspect-1.0', '--no-colors', *arguments],
                               env=env, check=True, stdout=subprocess.PIPE,
                               text=True, timeout=60).stdout


def elements (build):
    """The names of all elements of both plugins."""
    return [name for plugin in PLUGINS for name in re.findall (
        r'(?m)^  (\w+): ', gst_inspect (build, '--plugin', plugin))]


def describe (build, element):
    text = gst_inspect (build, element)
    for pattern, replacement in VARYING:
        text = re.sub (pattern, replacement, text)
    return text.strip () + '\n'


def path_of (element):
    return os.path.join (FOLDER, element + '.txt')


def write_all (build):
    os.makedirs (FOLDER, exist_ok=True)
    for element in elements (build):
        with open (path_of (element), 'w') as file:
            file.write (describe (build, element))


if __name__ == '__main__':
    write_all (os.path.abspath (sys.argv[1]))
