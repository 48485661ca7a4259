#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads a test log of meson (JSON lines): shows what failed, ends with
"N passed, N failed". A program that speaks TAP counts once for each of its
tests, another one once."""
import json
import sys

SHOWN_LINES = 40


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


def main():
    passed = failed = 0
    with open(sys.argv[1], encoding='utf-8') as log:
        for entry in map(json.loads, log):
            good, bad = count(entry)
            passed += good
            failed += bad
            if bad:
                show(entry)
    print('%d passed, %d failed' % (passed, failed))


if __name__ == '__main__':
    main()
