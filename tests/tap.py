# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs a module's functions test_* and reports as TAP, for meson test.

    tap.main (globals (), argument, …)      # the arguments are each test's"""

import traceback


def tests_of (module):
    return [value for name, value in module.items ()
            if name.startswith ('test_') and callable (value)]


def run_one (test, arguments):
    """Prints what went wrong; true: nothing did."""
    try:
        test (*arguments)
        return True
    except Exception:
        for line in traceback.format_exc ().splitlines ():
            print (f'# {line}')
        return False


def main (module, *arguments):
    """The exit status."""
    tests = tests_of (module)
    passed = 0
    print (f'1..{len (tests)}')
    for number, test in enumerate (tests, 1):
        is_fine = run_one (test, arguments)
        name = test.__name__.removeprefix ('test_').replace ('_', '-')
        print (f'{"ok" if is_fine else "not ok"} {number} - {name}',
               flush=True)
        passed += is_fine
    return 0 if passed == len (tests) else 1
