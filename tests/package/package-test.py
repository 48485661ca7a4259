#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Installs into an empty folder, then uses it as others would: a C program by
pkg-config, a Python program by introspection, and the plugins by gst-inspect.

    package-test.py MESON BUILD
"""
import os
import shlex
import subprocess
import sys
import tempfile

HERE = os.path.dirname (os.path.abspath (__file__))
sys.path.insert (0, os.path.dirname (HERE))

import tap

FACTORIES = ['spicesink', 'qxlreplaysrc', 'spiceinject']


def run (*command, env=None):
    done = subprocess.run (command, env={**os.environ, **(env or {})},
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           stdin=subprocess.DEVNULL, text=True, timeout=100)
    assert done.returncode == 0, f'{shlex.join (command)}\n{done.stdout}'
    return done.stdout


class Installed:
    def __init__ (self, meson, build, root):
        self.root = root
        run (meson, 'install', '-C', build, '--no-rebuild', '--quiet',
             '--destdir', root)
        self.pkgconfig = self.find ('gstreamer-spice-1.0.pc')
        self.lib_folder = self.find ('libgstspice-1.0.so')
        self.typelib = self.find ('GstSpice-1.0.typelib')
        self.plugins = self.find ('libgstspicesink.so')
        self.env = {
            'LD_LIBRARY_PATH': self.lib_folder,
            'GI_TYPELIB_PATH': self.typelib,
            'GST_PLUGIN_PATH': self.plugins,
            'GST_REGISTRY': os.path.join (root, 'registry'),
        }

    def find (self, name):
        """The one folder that holds a file of this name."""
        folders = [f for f, _, names in os.walk (self.root) if name in names]
        assert len (folders) == 1, f'{name} in {folders}'
        return folders[0]

    def flags (self):
        """pkg-config's, where the system's packages stay where they are."""
        flags = run ('pkg-config', '--cflags', '--libs', 'gstreamer-spice-1.0',
                     env={'PKG_CONFIG_PATH': self.pkgconfig,
                          'PKG_CONFIG_SYSROOT_DIR': self.root})
        return [self.elsewhere (flag) for flag in shlex.split (flags)]

    def elsewhere (self, flag):
        kind, path = flag[:2], flag[2:]
        if kind not in ('-I', '-L') or os.path.isdir (path):
            return flag
        return kind + path.removeprefix (self.root)


def test_c_program (installed):
    program = os.path.join (installed.root, 'application')
    source = os.path.join (HERE, 'application.c')
    warnings = run ('cc', '-Wall', '-Wextra', '-o', program, source,
                    *installed.flags ())
    assert warnings == '', warnings
    said = run (program, env=installed.env)
    assert 'stats application/x-spice-statistics' in said, said


def test_python_program (installed):
    said = run ('/usr/bin/python3', os.path.join (HERE, 'application.py'),
                env={**installed.env, 'G_DEBUG': 'fatal-criticals'})
    assert said.split () == ['check_life', 'check_errors', 'check_calls',
                             'check_damage',
                             'check_no_private_names'], said


def test_plugins (installed):
    for factory in FACTORIES:
        said = run ('gst-inspect-1.0', factory, env=installed.env)
        assert installed.plugins in said, said


def test_headers_name_nothing_private (installed):
    folder = installed.find ('gstspice.h')
    assert sorted (os.listdir (folder)) == [
        'gstspice.h',
        'gstspiceagent.h',
        'gstspiceauthrequest.h',
        'gstspiceclipboard.h',
        'gstspicecommands.h',
        'gstspicecompression.h',
        'gstspicecontrol.h',
        'gstspicedamage.h',
        'gstspicedraw.h',
        'gstspiceinput.h',
        'gstspiceline.h',
        'gstspicesasl.h',
        'gstspiceserver.h',
        'gstspicetls.h',
        'gstspicevideo.h',
    ]
    for name in os.listdir (folder):
        with open (os.path.join (folder, name)) as header:
            assert 'server-core' not in header.read (), name


with tempfile.TemporaryDirectory () as root:
    sys.exit (tap.main (globals (), Installed (sys.argv[1], sys.argv[2], root)))
