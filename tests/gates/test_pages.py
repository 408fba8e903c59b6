"""What the pages must be, as far as their sources and the built files show it: texts in both languages, nothing inline,
nothing from elsewhere, and within the budget. tests/web has how they behave."""
import gzip
import json
import os
import pathlib
import re
import unittest

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
PAGES = TOP / "app" / "pages"
SOURCES = sorted(p for p in (PAGES / "src").rglob("*") if p.suffix in (".vue", ".ts"))
DIST = os.environ.get("PAGES_DIST", "")

FIRST_SCRIPT_MAX = 150_000  # bytes, compressed: what the first screen waits for
SCRIPTS_MAX = 215_000       # all screens, and English
STYLE_MAX = 32_000
FONTS_MAX = 240_000

# Keys that are put together in the code: the beginning is written, the rest is data.
MADE = re.compile(r"""(?:named\(\s*(?:props\.id \? "(\w+)" : "(\w+)"|["`]([\w.]+)(?:\$\{[^}]*\})?["`])|\bt\(`([\w.]+?)\.?\$\{)""")
USED = re.compile(r"""\bt\(\s*["']([\w.-]+)["']|text: "([\w.-]+)\"""")


def catalogue(language):
    pairs = json.loads((PAGES / "src" / "text" / f"{language}.json").read_text(encoding="utf-8"), object_pairs_hook=list)
    return pairs


class Texts(unittest.TestCase):
    def setUp(self):
        self.sv, self.en = dict(catalogue("sv")), dict(catalogue("en"))

    def test_both_languages_say_the_same_things(self):
        self.assertEqual(sorted(self.sv), sorted(self.en))
        for language in ("sv", "en"):
            keys = [key for key, _ in catalogue(language)]
            self.assertEqual(len(keys), len(set(keys)), "no key twice")
            self.assertEqual(keys, sorted(keys), "in order, so that changes do not meet")
        for key, text in self.sv.items():
            self.assertTrue(text.strip() and self.en[key].strip(), key)
            self.assertEqual(sorted(re.findall(r"\{\w+\}", text)), sorted(re.findall(r"\{\w+\}", self.en[key])), key)

    def test_what_is_said_is_in_the_catalogue_and_nothing_else(self):
        used, begun = set(), {"invalid", "new", "edit"}
        for path in SOURCES:
            text = path.read_text(encoding="utf-8")
            used |= {a or b for a, b in USED.findall(text)}
            begun |= {part.rstrip(".") for found in MADE.findall(text) for part in found if part}
        self.assertGreater(len(used), 150)
        self.assertEqual(sorted(used - set(self.sv)), [], "said, and in no catalogue")
        spare = [key for key in self.sv if key not in used and key.removesuffix(".one") not in used
                 and not any(key.startswith(f"{prefix}.") for prefix in begun)]
        self.assertEqual(spare, [], "in the catalogue, and said nowhere")


class Sources(unittest.TestCase):
    def test_nothing_inline_and_nothing_evaluated(self):
        for path in [*SOURCES, PAGES / "index.html"]:
            text = path.read_text(encoding="utf-8")
            for wrong in (r"\sv-html\b", r"\s:?style=", r"\binnerHTML\b", r"\beval\(", r"new Function", r"https?://(?!www\.w3\.org/)"):
                self.assertIsNone(re.search(wrong, text), f"{path.relative_to(TOP)}: {wrong}")

    def test_locked_without_addresses(self):
        for folder in (PAGES, TOP / "tests" / "web"):
            lock = (folder / "package-lock.json").read_text(encoding="utf-8")
            self.assertNotIn('"resolved"', lock, "addresses of packages")
            package = json.loads((folder / "package.json").read_text(encoding="utf-8"))
            for name, version in {**package.get("dependencies", {}), **package.get("devDependencies", {})}.items():
                self.assertRegex(version, r"^\d+\.\d+\.\d+$", f"{name}: one version")
            for name, entry in json.loads(lock)["packages"].items():
                self.assertTrue(name == "" or "integrity" in entry, f"{name}: its hash")


@unittest.skipUnless(DIST, "built without the pages")
class Built(unittest.TestCase):
    def setUp(self):
        self.files = {p: p.read_bytes() for p in pathlib.Path(DIST).rglob("*") if p.is_file()}

    def size(self, suffix, beginning=""):
        return sum(len(content if suffix == ".woff2" else gzip.compress(content, 9))
                   for path, content in self.files.items() if path.suffix == suffix and path.name.startswith(beginning))

    def test_within_the_budget(self):
        for what, size, most in (("the first screen's script", self.size(".js", "index-"), FIRST_SCRIPT_MAX),
                                 ("all scripts", self.size(".js"), SCRIPTS_MAX), ("style", self.size(".css"), STYLE_MAX),
                                 ("fonts", self.size(".woff2"), FONTS_MAX)):
            with self.subTest(what):
                self.assertGreater(size, 1000, "it is there")
                self.assertLessEqual(size, most)

    def test_the_page_has_nothing_inline(self):
        page = next(content for path, content in self.files.items() if path.name == "index.html").decode()
        self.assertEqual(re.findall(r"<script(?![^>]*\ssrc=)|<style\b|\sstyle=|\son\w+=", page), [])
        self.assertEqual(re.findall(r"(?:src|href)=\"(?!\./|#)[^\"]*", page), [])


if __name__ == "__main__":
    unittest.main()
