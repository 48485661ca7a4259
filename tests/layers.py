#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Holds the sources to the rules of the house.

usage: layers.py SOURCE
       layers.py --self-test     each rule is seen to bite

Who may include whom, no include cycles, no symbols that look like another
library's, a licence line in each file, no file too long. Prints each breach
as FILE:LINE and what is wrong; ends with 1 if there is one.
"""

import re
import sys
import tempfile
from pathlib import Path

MAX_LINES = 700
LAYERS = ("qxl", "server-core", "gst")

# rooms of server-core: what each may include besides itself and qxl/
BELOW_CHANNEL = {"link", "net", "wire", "base"}
ROOMS = {
    "base": set(),
    "wire": {"base"},  # limits.h
    "net": {"base"},
    "link": {"net", "wire", "base"},
    "channel": BELOW_CHANNEL,
    "image": {"base"},
    "video": {"image", "base"},
    "main": {"channel"} | BELOW_CHANNEL,
    "display": {"channel", "image", "video"} | BELOW_CHANNEL,
    "cursor": {"channel"} | BELOW_CHANNEL,
    "audio": {"channel"} | BELOW_CHANNEL,
    "inputs": {"channel"} | BELOW_CHANNEL,
    "port": {"channel"} | BELOW_CHANNEL,
}
ROOMS[""] = set(ROOMS)  # spc.c puts a server together
# rooms of gst: the same
GST_ROOMS = {
    "encoder": set(),
    "common": {"encoder"},
    "spicesink": {"common"},
    "spicesrc": {"common"},
}

# what a layer may include by <>, beside the C library
SYSTEM = {
    "qxl": r"(glib|gio/|pixman|cpuid|immintrin|emmintrin|sanitizer/asan_|sys/mman)",
    "server-core": r"(glib|gio/|pixman|openssl/|lz4|zlib|jpeglib|opus|sasl/|spice/|sys/"
                   r"|netinet/|linux/|xkbcommon/|immintrin)",
}
C_LIBRARY = (r"(assert|ctype|dlfcn|errno|fcntl|inttypes|limits|locale|math"
             r"|poll|setjmp|signal|stdalign|stdarg|stdatomic|stdbool|stddef"
             r"|stdint|stdio|stdlib|string|strings|time|unistd)\.h$")

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')
FOREIGN = re.compile(r"^(?:spice_\w+\s*\(|(?:typedef\b.*|struct|enum|union)"
                     r"\s+_?Spice[A-Z]\w*|#\s*define\s+(?:SPICE_|spice_)\w+)")
SPDX = "SPDX-License-Identifier: LGPL-2.1-or-later"
# beside the modules, these may use what tests share
TESTS = re.compile(r"(-test|-bench|-fixture|-stage|^bench-\w+)\.[ch]$")


# words by which people mark what they have left for later; built from parts, so
# that this file holds to its own rule
MARKS_OF_WORK = ("TO" + "DO", "FIX" + "ME", "X" * 3)
MARK = re.compile(rf"\b({'|'.join(MARKS_OF_WORK)})\b")


def announces_work(text):
    """Whether a line speaks of work still to be done, which is refused: what
    is in the sources is finished, what is planned stands in the issues."""
    return MARK.search(text) is not None


class Checker:
    def __init__(self, root):
        self.root = root
        self.n_breaches = 0
        self.headers = {}  # header -> headers it includes

    def breach(self, path, line, text):
        print(f"{path.relative_to(self.root)}:{line}: {text}")
        self.n_breaches += 1

    # includes

    def resolve(self, path, name):
        for base in (path.parent, self.root):
            candidate = (base / name).resolve()
            if candidate.is_file():
                return candidate
        return None

    def check_direction(self, path, line, target):
        own = path.relative_to(self.root).parts
        other = target.relative_to(self.root).parts
        is_test = TESTS.search(path.name) is not None
        if own[0] not in LAYERS:
            return
        if other[0] not in LAYERS:
            if not is_test:
                self.breach(path, line, f"includes {'/'.join(other)}")
            return
        if LAYERS.index(other[0]) > LAYERS.index(own[0]):
            self.breach(path, line, f"{own[0]} includes {other[0]}")
        if own[0] == other[0] == "server-core" and not is_test:
            self.check_rooms(path, line, own, other, ROOMS)
        if own[0] == other[0] == "gst" and not is_test:
            self.check_rooms(path, line, own, other, GST_ROOMS)

    def check_rooms(self, path, line, own, other, rooms):
        room = own[1] if len(own) > 2 else ""
        wanted = other[1] if len(other) > 2 else ""
        if room == wanted:
            return
        if room not in rooms:
            self.breach(path, line, f"room {room} is not in {__file__}")
        elif wanted not in rooms[room]:
            self.breach(path, line, f"{room} includes {wanted or 'spc.h'}")

    def check_system(self, path, line, name):
        layer = path.relative_to(self.root).parts[0]
        if layer not in SYSTEM or TESTS.search(path.name):
            return
        if not re.match(SYSTEM[layer], name) and not re.match(C_LIBRARY, name):
            self.breach(path, line, f"{layer} includes <{name}>")

    def check_include(self, path, line, kind, name):
        if kind == "<":
            self.check_system(path, line, name)
            return
        if ".." in name.split("/"):
            self.breach(path, line, f'includes "{name}": no way up')
        target = self.resolve(path, name)
        if target is None:  # made by the build
            return
        self.check_direction(path, line, target)
        if path.suffix == ".h":
            self.headers.setdefault(path, set()).add(target)

    def check_cycles(self):
        done, way = set(), []

        def visit(header):
            if header in way:
                names = [p.relative_to(self.root).as_posix()
                         for p in way[way.index(header):] + [header]]
                self.breach(header, 1, "cycle: " + " -> ".join(names))
                return
            if header in done:
                return
            way.append(header)
            for other in sorted(self.headers.get(header, ())):
                visit(other)
            way.pop()
            done.add(header)

        for header in sorted(self.headers):
            visit(header)

    # lines

    def check_lines(self, path, lines):
        is_c = path.suffix in (".c", ".h")
        ours = path.relative_to(self.root).parts[0] in LAYERS
        for number, text in enumerate(lines, 1):
            include = INCLUDE.match(text) if is_c else None
            if include:
                self.check_include(path, number, *include.groups())
            if is_c and ours and FOREIGN.match(text):
                self.breach(path, number, "looks like another library's: "
                            + text.strip())
            if announces_work(text):
                self.breach(path, number, "unfinished: " + text.strip())

    def check_file(self, path):
        lines = path.read_text(encoding="utf-8").splitlines()
        if SPDX not in "\n".join(lines[:2]):
            self.breach(path, 1, "no SPDX line")
        if len(lines) > MAX_LINES:
            self.breach(path, MAX_LINES, f"{len(lines)} lines, allowed are "
                        f"{MAX_LINES}")
        self.check_lines(path, lines)


def is_source(path):
    if path.suffix in (".c", ".h", ".py", ".sh"):
        return True
    return path.name in ("meson.build", "meson_options.txt")


def sources(root):
    """Every source below root; folders of builds and hidden ones left out."""
    for path in sorted(root.iterdir()):
        if path.name.startswith(".") or path.is_symlink():
            continue
        if path.is_file() and is_source(path):
            yield path
        elif path.is_dir() and not (path / "meson-private").exists():
            yield from sources(path)


def check(root):
    """Returns the numbers of files and of breaches."""
    checker = Checker(root.resolve())
    n_files = 0
    for path in sources(checker.root):
        checker.check_file(path)
        n_files += 1
    checker.check_cycles()
    return n_files, checker.n_breaches


# a file that is right, and what breaks one rule each when it is added
RIGHT = {
    "qxl/a.h": "",
    "server-core/base/b.h": '#include "qxl/a.h"',
    "server-core/main/m.c": '#include "server-core/channel/c.h"\n'
                            "#include <spice/enums.h>\n#include <string.h>",
    "server-core/channel/c.h": '#include "server-core/base/b.h"',
    "server-core/main/m-test.c": '#include "tests/t.h"',
    "gst/common/g.c": '#include "server-core/main/m.h"\n#include <gst/gst.h>',
    "server-core/main/m.h": "",
    "gst/spicesink/g.h": "",
    "tests/t.h": "",
}
WRONG = {
    "qxl/up.c": '#include "server-core/base/b.h"',
    "qxl/system.c": "#include <gst/gst.h>",
    "server-core/base/up.c": '#include "server-core/channel/c.h"',
    "server-core/main/up.c": '#include "gst/spicesink/g.h"',
    "gst/common/up.c": '#include "gst/spicesink/g.h"',
    "server-core/display/side.c": '#include "server-core/main/m.h"',
    "server-core/main/tests.c": '#include "tests/t.h"',
    "server-core/main/dots.c": '#include "../base/b.h"',
    "server-core/odd/room.c": '#include "server-core/base/b.h"',
    "server-core/base/self.h": '#include "self.h"',
    "qxl/symbol.c": "spice_foo (void)",
    "qxl/type.h": "typedef struct _SpiceFoo SpiceFoo;",
    "qxl/define.h": "#define SPICE_FOO 1",
    "qxl/word.c": f"/* {MARKS_OF_WORK[0]}: more */",
    "qxl/mark.c": f"/* {MARKS_OF_WORK[1]} */",
    "qxl/sign.c": f"/* {MARKS_OF_WORK[2]} */",
    "qxl/long.c": "\n" * MAX_LINES,
    "qxl/meson.build": None,
}


def write(root, name, text):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    head = "" if text is None else f"/* {SPDX} */\n"
    path.write_text(head + (text or "") + "\n", encoding="utf-8")
    return path


def self_test():
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, text in RIGHT.items():
            write(root, name, text)
        if check(root)[1] != 0:
            failed.append("what is right")
        for name, text in WRONG.items():
            path = write(root, name, text)
            if check(root)[1] != 1:
                failed.append(name)
            path.unlink()
    print("self test:", "does not notice " + ", ".join(failed) if failed
          else f"{len(WRONG)} rules bite")
    return 1 if failed else 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    n_files, n_breaches = check(Path(sys.argv[1]))
    print(f"{n_files} files, {n_breaches} breaches")
    # a checker that sees nothing must not pass
    return 1 if n_breaches or n_files < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
