#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads a test log of meson (JSON lines): shows what failed, ends with
"N passed, N failed". A program that speaks TAP counts once for each of its
tests, another one once.
    count-tests.py LOG [LOG-OF-A-SECOND-RUN]
    count-tests.py --unchecked LOG    names of programs to be run again: the
                                      leak checker itself broke down in them"""
import json
import sys

SHOWN_LINES = 40
BREAKDOWN = 'LeakSanitizer has encountered a fatal error'


def read(path):
    """{name: entry}"""
    with open(path, encoding='utf-8') as log:
        return {entry['name']: entry for entry in map(json.loads, log)}


def count(entry):
    """(passed, failed) of one program."""
    is_good = entry['result'] in ('OK', 'EXPECTEDFAIL')
    lines = entry.get('stdout', '').splitlines()
    passed = sum(line.startswith('ok ') for line in lines)
    failed = sum(line.startswith('not ok ') for line in lines)
    if is_good:
        return max(passed, 1), 0
    return passed, max(failed, 1)


def show(entry):
    text = entry.get('stdout', '') + entry.get('stderr', '')
    lines = [line for line in text.splitlines()
             if not line.startswith(('ok ', '# '))]
    print('-- %s: %s' % (entry['name'], entry['result']))
    print('\n'.join(lines[-SHOWN_LINES:]))


def show_unchecked(path):
    for name, entry in read(path).items():
        if BREAKDOWN in entry.get('stderr', ''):
            print(name.split(' / ')[-1])


def main(first, second=None):
    entries = read(first)
    if second:
        entries.update(read(second))
    passed = failed = 0
    for entry in entries.values():
        good, bad = count(entry)
        passed += good
        failed += bad
        if bad:
            show(entry)
    print('%d passed, %d failed' % (passed, failed))


if __name__ == '__main__':
    if sys.argv[1] == '--unchecked':
        show_unchecked(sys.argv[2])
    else:
        main(*sys.argv[1:])
