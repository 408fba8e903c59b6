#!/usr/bin/env python3
"""Writes a folder of built pages as C: the table that app/web/pages.h declares.

    app/web/embed.py DIST OUT.c      the folder's files; without such a folder, one page that says that there are none

Only what a page may consist of goes in (TYPES); anything else in the folder is an error, and so is a symbolic link.
"""
import gzip
import hashlib
import pathlib
import re
import sys

TYPES = {
    ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json", ".txt": "text/plain; charset=utf-8",
}
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
NONE = """<!DOCTYPE html>
<html lang="sv"><head><meta charset="utf-8"><title>samplan</title></head>
<body><h1>samplan</h1>
<p>Det här programmet är byggt utan sidor: npm fanns inte där det byggdes. Kommandoraden gör allt som sidorna gör.</p>
<p lang="en">This program was built without pages: there was no npm where it was built. The command line does all that
the pages do.</p>
</body></html>
"""


def files(dist):
    """(path, content) for each file."""
    if not (dist / "index.html").is_file():
        return [("/index.html", NONE.encode())]
    out = []
    for path in sorted(p for p in dist.rglob("*") if not p.is_dir()):
        parts = path.relative_to(dist).parts
        if path.is_symlink() or path.suffix not in TYPES or not all(NAME.fullmatch(part) for part in parts):
            sys.exit(f"{path}: not a file that a page may consist of")
        out.append(("/" + "/".join(parts), path.read_bytes()))
    return out


def array(name, content):
    lines = [", ".join(str(b) for b in content[at:at + 24]) for at in range(0, len(content), 24)]
    return f"static const unsigned char {name}[] = {{\n" + ",\n".join(lines or ["0"]) + "};\n"


def main(dist, target):
    arrays, rows = [], []
    for number, (path, content) in enumerate(files(pathlib.Path(dist))):
        packed = gzip.compress(content, 9, mtime=0)
        arrays.append(array(f"plain_{number}", content))
        smaller = len(packed) < len(content) * 0.9
        if smaller:
            arrays.append(array(f"gzip_{number}", packed))
        gzipped = f"gzip_{number}, {len(packed)}" if smaller else "0, 0"
        etag = hashlib.sha256(content).hexdigest()[:32]
        rows.append(f'    {{"{path}", "{TYPES[pathlib.PurePath(path).suffix]}", "\\"{etag}\\"",\n'
                    f'     plain_{number}, {len(content)}, {gzipped}}},\n')
    text = ('/* Made by app/web/embed.py. */\n#include "app/web/pages.h"\n\n' + "\n".join(arrays)
            + "\nconst struct pages_file pages_files[] = {\n" + "".join(rows)
            + "    {0, 0, 0, 0, 0, 0, 0},\n};\n")
    pathlib.Path(target).parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(target).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
