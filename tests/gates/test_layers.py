"""What the build cannot say by itself: who may include and call what, what names files export, what may lie where."""
import datetime
import os
import re
import subprocess
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
TOP_LEVEL = {"CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE", "app", "sync", "crypto", "tests", "docs"}

UNDER = {"crypto": {"crypto"}, "sync": {"crypto", "sync"}, "app": {"crypto", "sync", "app"}}
# The doors: header -> the files (or a whole layer) that may include it.
DOORS = {
    r"sodium(\.h|/)": ["crypto/"],
    r"git2(\.h|/)": ["sync/log.c", "sync/log_core.h", "sync/log_memory.c", "sync/log_pack.c", "sync/suggest.c"],
    r"sqlite3": ["sync/db_core.h", "sync/vault_head.h", "sync/vault_file.h", "sync/vault_held.h", "sync/vault_make.c", "sync/vault_wal.c", "sync/vault_wal.h"],
    r"zlib\.h": ["sync/squeeze.c", "sync/pack.c"],  # what is secret, and wiped; what is sealed
    r"mbedtls/": ["sync/pack.c"],
    r"microhttpd": ["app/web/http.c"],
    r"jansson": ["app/"],
}
GIT2_FILES_MAX = 5

# Undefined symbols that a layer's library must not have.
NOT_CALLED = {
    "crypto": r"git_|sqlite3_|json_|MHD_|utf8proc_|mbedtls_|deflate|inflate",
    "sync": r"json_|MHD_|sodium_|crypto_|randombytes_",
    "app": r"git_|sqlite3_|sodium_|crypto_|randombytes_|mbedtls_|deflate|inflate",
}
# foo.c and foo_bar.c export foo_* only: a room may be several files. The exceptions, whole names or prefixes ending in _:
ALSO_EXPORTS = {
    "buf.c": ["span_", "reader_", "hex_"],
    "ids.c": ["uuid_"],
    "text.c": ["tr", "trn"],
}

# YYYYMMDDNNNN, YYYYMMDD-NNNN, YYMMDD-NNNN, as words of their own
IDENTITY = re.compile(rb"(?<![\w-])(?=\d{12}\b|\d{6,8}[-+]\d{4}\b)(\d\d)?(\d{6})[-+]?(\d{4})(?![\w-])")
FORBIDDEN_TEXT = {
    "a registry's host name": re.compile(rb"\bregistry\.[a-z]+\."),
    "a path of one developer's machine": re.compile(rb"(?<![\w.$}*])/(?:work|home)/\w"),
}


def tracked_files():
    listing = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=TOP, capture_output=True,
                             check=True).stdout.decode()
    return [name for name in listing.split("\0") if name and (TOP / name).is_file()]


def layer_sources():
    return [f for f in tracked_files() if f.endswith((".c", ".h")) and f.split("/")[0] in UNDER]


def includes(name):
    text = (TOP / name).read_text(encoding="utf-8")
    return re.findall(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', text, re.M)


def luhn(ten_digits):
    total = 0
    for place, digit in enumerate(ten_digits):
        n = int(digit) * (2 - place % 2)
        total += n // 10 + n % 10
    return total % 10 == 0


def looks_like_identity(century, six, four):
    """A date (day + 60 in a samordningsnummer) and a right check digit."""
    if century is not None and century not in ("18", "19", "20"):
        return False
    day = int(six[4:]) - (60 if int(six[4:]) > 60 else 0)
    try:
        datetime.date(int((century or "20") + six[:2]), int(six[2:4]), day)
    except ValueError:
        return False
    return luhn(six + four)


def symbols(library, *options):
    """(file, type, name) for each symbol."""
    out = subprocess.run(["nm", "-A", "-P", *options, library], capture_output=True, text=True, check=True).stdout
    for line in out.splitlines():
        where, rest = line.split("]: ", 1)
        name, kind = rest.split()[:2]
        yield where.rsplit("[", 1)[1].removesuffix(".o"), kind, name


class Layers(unittest.TestCase):
    def refuse(self, faults):
        self.assertFalse(faults, "\n" + "\n".join(faults))

    def test_includes_point_down(self):
        faults = []
        for name in layer_sources():
            for mark, header in includes(name):
                if mark == '"' and header.split("/")[0] not in UNDER[name.split("/")[0]]:
                    faults.append(f'{name}: #include "{header}"')
        self.refuse(faults)

    def test_libraries_have_one_door(self):
        faults = []
        for name in layer_sources():
            for _, header in includes(name):
                for door, allowed in DOORS.items():
                    if re.match(door, header) and not any(name == a or a.endswith("/") and name.startswith(a)
                                                          for a in allowed):
                        faults.append(f"{name}: <{header}> belongs in {', '.join(allowed)}")
        self.refuse(faults)
        self.assertLessEqual(len(DOORS[r"git2(\.h|/)"]), GIT2_FILES_MAX)

    def test_no_forbidden_symbol(self):
        faults = []
        for layer, forbidden in NOT_CALLED.items():
            for file, _, name in symbols(self.library(layer), "-u"):
                if re.match(forbidden, name):
                    faults.append(f"{layer}/…/{file} calls {name}")
        self.refuse(faults)

    def test_one_file_calls_the_web_server(self):
        callers = {file for file, _, name in symbols(self.library("app"), "-u") if name.startswith("MHD_")}
        self.assertEqual(callers, {"http.c"})

    def test_files_export_their_own_names(self):
        faults = []
        for layer in UNDER:
            for file, kind, name in symbols(self.library(layer), "-g", "--defined-only"):
                stem = file.removesuffix(".c")
                own = [stem + "_", stem.split("_")[0] + "_", *ALSO_EXPORTS.get(file, [])]
                if kind in "TDRBCVW" and not any(name == o or o.endswith("_") and name.startswith(o) for o in own):
                    faults.append(f"{layer}/…/{file} exports {name}")
        self.refuse(faults)

    def library(self, layer):
        path = os.environ.get("LIB_" + layer.upper())
        if not path:
            self.skipTest("run by ctest, which says where the libraries are")
        return path


class Tree(unittest.TestCase):
    def test_top_level(self):
        names = {name.split("/")[0] for name in tracked_files()}
        self.assertEqual(sorted(n for n in names if not n.startswith(".")), sorted(TOP_LEVEL))

    def test_no_util(self):
        self.assertEqual([n for n in tracked_files() if Path(n).stem in ("util", "utils", "misc", "common")], [])

    def test_identity_numbers_are_published_test_numbers(self):
        published = set()
        for name in ("testpersonnummer.txt", "testsamordningsnummer.txt"):
            published.update((TOP / "tests/data" / name).read_text().split())
        short = {number[2:] for number in published}
        faults = []
        for name in tracked_files():
            for match in IDENTITY.finditer((TOP / name).read_bytes()):
                century, six, four = (group and group.decode() for group in match.groups())
                known = (century + six + four in published) if century else (six + four in short)
                if looks_like_identity(century, six, four) and not known:
                    faults.append(f"{name}: {match.group().decode()} is not in tests/data/test*nummer.txt")
        self.assertFalse(faults, "\n" + "\n".join(faults))

    def test_nothing_of_one_machine(self):
        faults = []
        for name in tracked_files():
            content = (TOP / name).read_bytes()
            for what, pattern in FORBIDDEN_TEXT.items():
                faults += [f"{name}: {what}: {m.group().decode()}" for m in pattern.finditer(content)]
        self.assertFalse(faults, "\n" + "\n".join(faults))


if __name__ == "__main__":
    unittest.main()
