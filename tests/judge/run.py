#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the functions test_* of the files test_*.py beside it (or of the files
named), each in a process of its own that is killed, with all it started, when
it takes too long. One line a test, then "N passed, N failed".

    run.py [-k TEXT] [--timeout SECONDS] [--list] [--show] [FILE…]"""

import argparse
import glob
import importlib
import os
import re
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback

HERE = os.path.dirname (os.path.abspath (__file__))
# what sound libraries say, many times over, where there is no sound card
NOISE = re.compile (r'ALSA lib |AL lib: ')
SHOWN_LINES = 240
sys.path.insert (0, HERE)


def discover (files, text):
    """(name, function) in the order of files and lines."""
    files = files or sorted (glob.glob (os.path.join (HERE, 'test_*.py')))
    found = []
    for path in files:
        sys.path.insert (0, os.path.dirname (os.path.abspath (path)))
        stem = os.path.splitext (os.path.basename (path))[0]
        module = importlib.import_module (stem)
        for name, value in vars (module).items ():
            if name.startswith ('test_') and callable (value) \
                    and value.__module__ == stem:
                found.append ((f'{stem}.{name}', value))
    return [test for test in found if text in test[0]]


def run_child (test, output, home):
    """In the child: runs the test, everything it prints goes to the file."""
    os.setsid ()
    # programs end by it, even where it was ignored (a shell's background job)
    signal.signal (signal.SIGINT, signal.default_int_handler)
    os.dup2 (output.fileno (), 1)
    os.dup2 (output.fileno (), 2)
    os.environ.update (HOME=home, XDG_CACHE_HOME=home, XDG_CONFIG_HOME=home,
                       XDG_RUNTIME_DIR=home, NO_AT_BRIDGE='1')
    os.chdir (home)
    status = 0
    try:
        test ()
    except BaseException:
        traceback.print_exc ()
        status = 1
    sys.stdout.flush ()
    sys.stderr.flush ()
    os._exit (status)


def kill_group (group):
    try:
        os.killpg (group, signal.SIGKILL)
    except ProcessLookupError:
        pass


def tail (output):
    output.seek (0)
    lines = output.read ().decode (errors='replace').splitlines ()
    told = [line for line in lines if not NOISE.match (line)]
    return ['    ' + line for line in told[-SHOWN_LINES:]]


def run_one (name, test, timeout, show):
    """True when it passed; what it printed is shown if it did not."""
    start = time.monotonic ()
    limit = getattr (test, 'timeout', timeout)
    home = tempfile.mkdtemp (prefix='judge-')
    with tempfile.TemporaryFile () as output:
        child = os.fork ()
        if child == 0:
            run_child (test, output, home)
        ended = select.select ([os.pidfd_open (child)], [], [], limit)[0]
        kill_group (child)
        status = os.waitpid (child, 0)[1]
        passed = bool (ended) and status == 0
        took = time.monotonic () - start
        why = '' if passed or ended else f', killed after {limit} s'
        print (f'{"ok  " if passed else "FAIL"} {name} ({took:.1f} s{why})',
               flush=True)
        if show or not passed:
            print (*tail (output), sep='\n', flush=True)
    shutil.rmtree (home, ignore_errors=True)
    return passed


def main ():
    parser = argparse.ArgumentParser (description=__doc__)
    parser.add_argument ('-k', default='', help='only tests with this in name')
    parser.add_argument ('--timeout', type=float, default=60)
    parser.add_argument ('--list', action='store_true')
    parser.add_argument ('--show', action='store_true',
                         help='what tests print, also of those that pass')
    parser.add_argument ('files', nargs='*')
    options = parser.parse_args ()
    tests = discover (options.files, options.k)
    if options.list:
        print ('\n'.join (name for name, _ in tests))
        return 0
    passed = sum (run_one (name, test, options.timeout, options.show)
                  for name, test in tests)
    failed = len (tests) - passed
    print (f'{passed} passed, {failed} failed')
    return 1 if failed or not tests else 0


if __name__ == '__main__':
    sys.exit (main ())
