"""Every text marked tr("…"), trn("…", "…", n) or N_("…") in app, and WHY("…") in sync, has a Swedish translation in sv.po,
and none is left over."""
import gettext
import io
import subprocess
import tempfile
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
CATALOGUE = TOP / "app/text/sv.po"
PLURAL_RULE = "nplurals=2; plural=(n != 1);"  # app/text/text.c counts so


def run(*command, stdin=None):
    return subprocess.run(command, cwd=TOP, input=stdin, capture_output=True, check=True).stdout


def texts_of(po):
    """A compiled catalogue leaves out what is fuzzy or not translated. Keys: a text, or (text, number of the form)."""
    with tempfile.NamedTemporaryFile(suffix=".po") as file:
        file.write(po)
        file.flush()
        mo = run("msgfmt", "-o", "-", file.name)
    if not mo:  # no texts at all
        return {}, {}
    translations = gettext.GNUTranslations(io.BytesIO(mo))
    return {key: text for key, text in translations._catalog.items() if key != ""}, translations.info()


def marked_texts():
    sources = sorted(str(p.relative_to(TOP)) for layer in ("app", "sync") for suffix in ("c", "h")
                     for p in (TOP / layer).rglob("*." + suffix)
                     if "node_modules" not in p.parts and p.name not in ("text.h", "why.h"))
    template = run("xgettext", "--language=C", "--from-code=UTF-8", "--force-po", "-k", "--keyword=tr:1",
                   "--keyword=trn:1,2", "--keyword=N_:1", "--keyword=WHY:1", "-o", "-", *sources)
    template = template.replace(b"charset=CHARSET", b"charset=UTF-8").replace(
        b"nplurals=INTEGER; plural=EXPRESSION;", PLURAL_RULE.encode())
    lines = run("msgen", "--lang=en", "-", stdin=template)
    return set(texts_of(lines)[0])


class Texts(unittest.TestCase):
    def test_catalogue_is_whole(self):
        swedish, info = texts_of(CATALOGUE.read_bytes())
        marked = marked_texts()
        self.assertEqual(sorted(map(str, marked - set(swedish))), [], "without a Swedish text")
        self.assertEqual(sorted(map(str, set(swedish) - marked)), [], "in sv.po, but no longer in the code")
        self.assertEqual(info["plural-forms"], PLURAL_RULE)

    def test_no_fragment_is_left(self):
        """A fragment (NAME.sv.po.part, no header) is appended to sv.po and deleted."""
        self.assertEqual([p.name for p in (TOP / "app/text").glob("*.part")], [])


if __name__ == "__main__":
    unittest.main()
