#!/usr/bin/env python3
"""Writes docs/plan-model.md from the table in app/plan/model.c.

    tests/docs/make_plan_model.py            prints it
    tests/docs/make_plan_model.py --write    writes docs/plan-model.md

tests/cli/test_record_format.py fails where the page is not what this prints.
"""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
PAGE = TOP / "docs" / "plan-model.md"
PLACES = {"PLACE_SHARED": "shared", "PLACE_OWNED": "owned", "PLACE_FORBUND": "förbund"}
TYPE = re.compile(r'\{(\d+), "(\w+)", ([A-Z_| ]+), (\w+), FIELDS\((\w+)\),\s*N_\("((?:[^"\\]|\\.)*)"\)\}')
FIELD = re.compile(r'\{(\d+), "(\w+)", MERGE_(\w+), FORM_(\w+), (\w+),\s*N_\("((?:[^"\\]|\\.)*)"\)\}')
LIST = re.compile(r'static const char \*const (\w+)\[\] = \{(.*?)\};', re.S)
FIELDS = re.compile(r'static const struct schema_field (\w+)\[\] = \{(.*?)\n\};', re.S)

HEAD = """# Plan model: types and fields

What a handlingsplan is made of, with the numbers that travel (`record-format.md`, section 12). Made by `tests/docs/make_plan_model.py` out of the
table in `app/plan/model.c`; change that. Numbers are never given to anything else, names and words never change.

**Place**: in whose sections an object of the type may live. **Topics**: under which. **Merge** and **form**: `record-format.md`, sections 17 and 13.
"""


def plain(text):
    return re.sub(r'"\s*"', "", text).replace('\\"', '"')


def page():
    source = (TOP / "app" / "plan" / "model.c").read_text(encoding="utf-8")
    lists = {name: re.findall(r'"([^"]*)"', body) for name, body in LIST.findall(source)}
    lists["in_forbund"] = ["forbund"]
    fields = {name: FIELD.findall(plain(body)) for name, body in FIELDS.findall(source)}
    out = [HEAD]
    for number, name, places, topics, table, about in TYPE.findall(plain(source)):
        where = ", ".join(PLACES[p.strip()] for p in places.split("|"))
        out.append(f"## {number} {name}\n\n{about}\n\nPlace: {where}. Topics: {', '.join(lists[topics])}.\n\n"
                   "| number | field | merge | form | words | |\n|---|---|---|---|---|---|")
        for n, field, merge, form, words, says in fields[table]:
            choice = " · ".join(lists[words]) if words != "NULL" else ""
            out.append(f"| {n} | {field} | {merge.lower()} | {form.lower()} | {choice} | {says} |")
        out.append("")
    return "\n".join(out)


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        sys.stdout.write(page())
