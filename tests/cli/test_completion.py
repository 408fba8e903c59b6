"""app/completion.bash and the commands in app/samplan.1 are made from the program's own help, and not out of date.

    SAMPLAN=build/dev/samplan tests/cli/test_completion.py --write    writes both
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import lib_samplan as lib

COMPLETION, MANUAL = lib.TOP / "app/completion.bash", lib.TOP / "app/samplan.1"
GLOBAL = "--home --json --quiet --passphrase-file --today"
HEAD = """# bash completion for samplan: commands, their options, and the types that help tells about.
# Made from `samplan help` by tests/cli/test_completion.py --write; the same test fails where it is out of date.
_samplan() {
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} first='' second='' i
    COMPREPLY=()
    case $previous in
    --home) mapfile -t COMPREPLY < <(compgen -d -- "$word"); return ;;
    --passphrase-file|-o) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    esac
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        --home|--passphrase-file|--today) ((i++)) ;;
        -*) ;;
        *) if [ -z "$first" ]; then first=${COMP_WORDS[i]}; elif [ -z "$second" ]; then second=${COMP_WORDS[i]}; fi ;;
        esac
    done
    local words='' options="@GLOBAL@"
    case "$first $second" in
"""
TAIL = """    esac
    if [ -z "$first" ]; then
        words="@FIRST@"
    elif [ -z "$second" ]; then
        case $first in
@SECOND@        esac
    fi
    [[ $word == -* ]] && words=$options
    if [ -n "$words" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
}
complete -o filenames -F _samplan samplan
"""


def commands():
    """The program's table, untranslated."""
    with tempfile.TemporaryDirectory() as there:
        return lib.Site(pathlib.Path(there) / "none").ask("help")


def types():
    """What help knows that is no command."""
    with tempfile.TemporaryDirectory() as there:
        text = lib.Site(pathlib.Path(there) / "none", language="en").run("help", as_json=False).out
    return re.search(r"samplan help TYPE[^:\n]*:\s*(.*)$", text, re.M).group(1).split()


def options(command):
    return list(dict.fromkeys(re.findall(r"(?<![\w-])(--?[a-z][a-z-]*)", command["usage"])))


def completion():
    table = commands()
    out = [HEAD.replace("@GLOBAL@", GLOBAL)]
    for one in table:
        if options(one):
            pattern = f'"{one["name"]}"' if " " in one["name"] else f'"{one["name"]} "*'
            out.append(f'    {pattern}) options+=" {" ".join(options(one))}" ;;\n')
    first = list(dict.fromkeys(one["name"].split()[0] for one in table))
    second = {}
    for one in table:
        if " " in one["name"]:
            second.setdefault(one["name"].split()[0], []).append(one["name"].split()[1])
    second["help"] = list(dict.fromkeys(first + types()))
    lines = "".join(f'        {name}) words="{" ".join(words)}" ;;\n' for name, words in second.items())
    out.append(TAIL.replace("@FIRST@", " ".join(first)).replace("@SECOND@", lines))
    return "".join(out)


def roff(text):
    """Text as a manual page has it. A line must not begin with a dot or an apostrophe."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^(?=[.'])", r"\\&", text, flags=re.M)


def manual(page):
    """The page with its commands anew."""
    start, end = page.index(".SH COMMANDS\n") + len(".SH COMMANDS\n"), page.index(".SH EXIT STATUS\n")
    out = []
    for one in commands():
        summary = one["summary"][0].upper() + one["summary"][1:] + "."
        about = roff(one["about"]) + "\n" if one["about"] else ""
        out.append(f".SS {one['name']}\n.B samplan {roff((one['name'] + ' ' + one['usage']).strip())}\n.PP\n"
                   f"{roff(summary)}\n{about}.PP\n.RS\n.nf\n{roff(one['example'])}\n.fi\n.RE\n")
    return page[:start] + "".join(out) + page[end:]


class Completion(unittest.TestCase):
    def test_it_is_what_help_says(self):
        self.assertEqual(COMPLETION.read_text(encoding="utf-8"), completion(), "run this test with --write")

    def test_the_manual_is_what_help_says(self):
        page = MANUAL.read_text(encoding="utf-8")
        self.assertEqual(page, manual(page), "run this test with --write")

    def complete(self, *words):
        script = (f'source {COMPLETION}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _samplan; '
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "-c", script, "bash", "samplan", *words], capture_output=True, encoding="utf-8",
                              cwd=lib.TOP, check=True)
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def test_what_it_offers(self):
        self.assertIn("plan", self.complete("pl"))
        self.assertEqual(self.complete("plan", "s"), ["show", "set", "state"])
        self.assertEqual(self.complete("resolve", "x", "title", "--m"), ["--merged"])
        self.assertEqual(self.complete("--home", "h", "news", "--si"), ["--since"])
        self.assertEqual(self.complete("plan", "set", "x", "--sh"), ["--shown"])
        self.assertIn("kartlaggning", self.complete("help", "kart"))
        self.assertEqual(self.complete("apply", "READ"), ["README.md"])
        self.assertEqual(self.complete("--js"), ["--json"])

    def test_every_type_has_its_help(self):
        self.assertIn("policy", types())
        for name in types():
            with tempfile.TemporaryDirectory() as there:
                told = lib.Site(pathlib.Path(there) / "none").run("help", name, as_json=False)
            self.assertEqual(told.code, lib.DONE, told)
            self.assertIn(name, told.out)


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        MANUAL.write_text(manual(MANUAL.read_text(encoding="utf-8")), encoding="utf-8")
        COMPLETION.write_text(completion(), encoding="utf-8")
    else:
        unittest.main()
