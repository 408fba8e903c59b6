"""docs/openapi.json is what the server does: every route and every command that is offered is called on a real server, and
each answer has the shape that stands there.

    SAMPLAN=build/dev/samplan tests/web/test_openapi.py --write    writes it anew, from the tables and what was answered

The paths come from the table of routes (app/web/api.c), the commands from `samplan help` and the list of those offered
(app/web/offer.c). A shape is what was seen: keys that every answer had are required, and have the types that were seen; more
keys may be added, as on the command line.
"""
import fcntl
import json
import pathlib
import re
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import lib_samplan as lib
import lib_web

DOCUMENT = lib.TOP / "docs/openapi.json"
PASS = "sju sjösjuka sjömän"
FREE = {"fields"}  # objects whose keys are names of a type's fields
SUMMARIES = {
    ("GET", "/api/state"): "how things stand",
    ("POST", "/api/enter"): "a ticket for a session",
    ("POST", "/api/ticket"): "a fresh ticket, for another process of the same person",
    ("POST", "/api/unlock"): "open the home with the passphrase",
    ("POST", "/api/lock"): "close it and wipe the secrets",
    ("POST", "/api/passwd"): "another passphrase; the home is locked then",
    ("POST", "/api/import"): "take in a spreadsheet",
    ("POST", "/api/sync"): "meet the others, with lines of progress",
    ("POST", "/api/sync/cancel"): "end the meeting that is under way",
    ("POST", "/api/found"): "found a förbund on this device",
    ("POST", "/api/enrol/request"): "make keys and a request",
    ("GET", "/api/enrol/request"): "the request that was made",
    ("POST", "/api/enrol/look"): "what a request says, to compare before approving",
    ("POST", "/api/enrol/approve"): "let a device in",
    ("POST", "/api/enrol/accept"): "accept an invitation",
    ("POST", "/api/print/{rest}"): "make a plan's page for print",
    ("GET", "/print/{rest}"): "that page",
    ("POST", "/api/bundle/{rest}"): "make a place that the browser carries for",
    ("PUT", "/api/bundle/{rest}"): "put what others sent there",
    ("GET", "/api/bundle/{rest}"): "fetch what is for them",
    ("DELETE", "/api/bundle/{rest}"): "it has been carried away",
    ("GET", "/api/drafts"): "the drafts there are",
    ("GET", "/api/drafts/{rest}"): "a draft",
    ("PUT", "/api/drafts/{rest}"): "keep a draft",
    ("DELETE", "/api/drafts/{rest}"): "discard a draft",
}


# ---- the tables ----

def routes():
    """(method, path) of the table in app/web/api.c, "*" as {rest}; commands apart."""
    text = (lib.TOP / "app/web/api.c").read_text(encoding="utf-8")
    table = text[text.index("api_routes[] = {"):text.index("{NULL, NULL")]
    rows = re.findall(r'\{"([A-Z]+)", "([^"]+)", (GATE_\w+), (\w+), [^,]+, ([^,]+), \w+\}', table)
    assert len(rows) == table.count("GATE_"), "a row that this cannot read"
    return [(method, path.replace("*", "{rest}"), gate, opened == "true", kind.replace("JSON", "application/json").strip('"'))
            for method, path, gate, opened, kind in rows if path != "/api/c/*"]


def offered():
    text = (lib.TOP / "app/web/offer.c").read_text(encoding="utf-8")
    return re.findall(r'^    "([a-z ]+)",', text[:text.index("};")], re.M)


# ---- shapes ----

def shape(samples, key=None):
    """The JSON Schema that fits all samples."""
    kinds, out = set(), {}
    objects = [s for s in samples if isinstance(s, dict)]
    lists = [s for s in samples if isinstance(s, list)]
    for s in samples:
        kinds.add("null" if s is None else "boolean" if isinstance(s, bool) else "integer" if isinstance(s, int)
                  else "string" if isinstance(s, str) else "array" if isinstance(s, list) else "object")
    out["type"] = sorted(kinds)[0] if len(kinds) == 1 else sorted(kinds)
    if objects and key in FREE:
        out["additionalProperties"] = {"type": ["array", "null", "string"]}
    elif objects:
        names = sorted(set().union(*objects))
        out["properties"] = {n: shape([o[n] for o in objects if n in o], n) for n in names}
        out["required"] = [n for n in names if all(n in o for o in objects)]
    if lists:
        inner = [one for some in lists for one in some]
        out["items"] = shape(inner) if inner else {}
    return out


def faults(value, schema, where="$"):
    """What of value is not as schema says."""
    kinds = schema.get("type")
    if kinds is None:
        return []
    kinds = kinds if isinstance(kinds, list) else [kinds]
    kind = shape([value])["type"]
    if kind not in kinds:
        return [f"{where}: {kind}, not {kinds}"]
    out = []
    if kind == "object":
        known = schema.get("properties", {})
        out += [f"{where}: lacks {n}" for n in schema.get("required", []) if n not in value]
        for name, inner in value.items():
            if name in known:
                out += faults(inner, known[name], f"{where}.{name}")
            elif schema.get("additionalProperties") is False:
                out.append(f"{where}: {name} is not described")
            elif isinstance(schema.get("additionalProperties"), dict):
                out += faults(inner, schema["additionalProperties"], f"{where}.{name}")
    if kind == "array":
        for n, inner in enumerate(value):
            out += faults(inner, schema.get("items", {}), f"{where}[{n}]")
    return out


# ---- asking everything ----

class Everything:
    """A day at two sites, in which each route and each command that is offered answers at least once."""

    def __init__(self, folder):
        self.answers = {}  # (method, path template) -> [JSON]; of a command its path
        self.anna, self.bo = lib.Site(folder / "anna", PASS), lib.Site(folder / "bo", PASS)
        self.folder = folder

    def keep(self, method, path, value):
        self.answers.setdefault((method, path), []).append(value)
        return value

    def ask(self, method, path, body=None, page=None, template=None):
        reply = (page or self.page).ok(method, path, body)
        return self.keep(method, template or path, reply if isinstance(reply, (dict, list)) else None) or reply

    def do(self, words, *args, page=None, **options):
        options = {name.replace("_", "-"): value for name, value in options.items()}
        reply = (page or self.page).ok("POST", "/api/c/" + words.replace(" ", "/"), {"args": list(args), "options": options})
        return self.keep("POST", "/api/c/" + words.replace(" ", "/"), reply)["result"]

    def sync(self, page=None, remote="mapp"):
        reply = (page or self.page).ask("POST", "/api/sync", {"remotes": [remote]})
        for line in reply.body.decode().splitlines():
            self.keep("POST", "/api/sync", json.loads(line))

    def run(self):
        with lib_web.Web(self.anna, "--passphrase-cost", "cheap", "--today", "2026-09-15") as web, \
                lib_web.Web(self.bo, "--passphrase-cost", "cheap", "--today", "2026-09-15") as other:
            self.enter(web, other)
            self.join()
            self.plans()
            self.two_at_once()
            self.together()
            self.persons()
            self.groups()
            self.ends()
            self.hidden()
            self.paper(web)
        return self.answers

    def enter(self, web, other):
        self.page = web.enter()
        self.bos = other.enter()
        secret = (self.anna.home / "web.address").read_text().split()[1]
        for path, body in (("/api/ticket", {"secret": secret}),):
            reply = web.ask("POST", path, json.dumps(body).encode(), {"Content-Type": "application/json"})
            ticket = self.keep("POST", path, reply.json)["ticket"]
        reply = web.ask("POST", "/api/enter", json.dumps({"ticket": ticket}).encode(), {"Content-Type": "application/json"})
        self.page = lib_web.Page(web, reply.headers["Set-Cookie"].split(";")[0], self.keep("POST", "/api/enter", reply.json)["token"])
        self.ask("GET", "/api/state")

    def join(self):
        self.ask("POST", "/api/found", {"forbund": "Skåne nordost", "party": "Hässleholms kommun", "kind": "kommun",
                                        "person": "Anna Ek", "passphrase": PASS})
        self.ask("POST", "/api/lock")
        self.ask("POST", "/api/unlock", {"passphrase": PASS})
        self.ask("POST", "/api/passwd", {"passphrase": PASS, "new": PASS + " nya"})
        self.ask("POST", "/api/unlock", {"passphrase": PASS + " nya"})
        asked = self.ask("POST", "/api/enrol/request", {"party": "Region Skåne", "kind": "region", "person": "Bo Al",
                                                        "role": "administratör", "passphrase": PASS}, self.bos)
        self.ask("GET", "/api/enrol/request", page=self.bos)
        self.ask("GET", "/api/state", page=self.bos)
        self.ask("POST", "/api/enrol/look", {"file": asked["file"]})
        invitation = self.ask("POST", "/api/enrol/approve", {"file": asked["file"]})
        self.ask("POST", "/api/enrol/accept", {"file": invitation["file"]}, self.bos)
        self.ask("GET", "/api/state", page=self.bos)
        for page in (self.page, self.bos):
            self.do("remote add", "mapp", str(self.folder / "mapp"), page=page)
            self.sync(page)
        self.do("remote add", "till", str(self.folder / "till"))
        self.do("remote list")
        self.do("remote remove", "till")
        self.do("members")
        self.do("status")
        self.do("version")
        self.do("help")
        self.ask("POST", "/api/sync/cancel")
        self.sync(remote="ingen")
        with open(self.folder / "mapp" / "samplan.lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # so that a meeting lasts
            thread = threading.Thread(target=self.sync)
            thread.start()
            while not self.ask("GET", "/api/state")["sync"]["running"]:
                time.sleep(0.01)
        thread.join()

    def plans(self):
        made = self.do("plan new", "title=Väg till arbete", "person.name=Testperson Ett")
        self.plan = made["id"]
        consent = self.do("consent give", self.plan, to="alla", sections="plan,person", form="written")["id"]
        self.do("consent list", self.plan)
        self.goal = self.do("plan add", self.plan, "goal", "text=Arbete")["id"]
        note = self.do("plan add", self.plan, "note", "text=Fel")["id"]
        self.do("plan remove", note)
        self.do("plan add", self.plan, "note", "text=Rätt")
        self.do("plan set", self.plan, "status=aktiv")
        self.activity = self.do("plan add", self.plan, "activity", "kind=studier", "from=2026-08-24", "to=2026-12-18",
                                "extent=100%")["id"]
        self.do("plan add", self.plan, "activity", "kind=praktik", "from=2026-09-01", "to=2026-11-30", "extent=75%")
        clash = next(c for c in self.do("clashes", self.plan) if c["rule"] == "K1")
        self.do("clash accept", clash["id"], why="Överenskommet")
        self.do("clashes")
        self.do("disclose", self.plan)
        self.do("disclose list", self.plan)
        spare = self.do("plan new", "title=En till")["id"]
        extra = self.do("consent give", spare, to="Region Skåne", sections="plan", purpose="followup", until="2027-01-01")
        self.do("consent withdraw", extra["id"])
        self.do("consent list", spare)
        assert consent
        self.sync()
        self.sync(self.bos)
        self.do("plan list")
        self.do("plan state", self.plan)

    def two_at_once(self):
        """A field set at both sites."""
        self.do("plan set", self.plan, "title=Hennes")
        self.do("plan set", self.plan, "title=Hans", page=self.bos)
        self.do("plan set", self.goal, "text=Arbete på heltid")
        self.do("plan set", self.goal, "text=Ett arbete", page=self.bos)
        for page in (self.page, self.bos, self.page):
            self.sync(page)
        self.do("plan show", self.plan)
        self.do("news")
        self.do("news", page=self.bos)
        conflicts = self.do("conflicts")
        for one in conflicts:
            self.do("resolve", one["object"], one["field"], take="0", shown=",".join(v["tx"] for v in one["values"]))
        self.do("conflicts")
        self.do("log", self.plan)
        self.do("outcome list", self.plan)
        self.do("blame", self.plan)
        for page in (self.page, self.bos):
            self.sync(page)

    def together(self):
        yes = self.do("proposal add", self.activity, "extent=50%", page=self.bos, why="Orkar inte mer")["id"]
        no = self.do("proposal add", self.activity, "to=2026-10-01", page=self.bos)["id"]
        theirs = self.do("remiss new", self.plan, "to=Hässleholms kommun", "reason=Bedömning", page=self.bos)["id"]
        self.sync(self.bos)
        self.sync()
        self.do("news", peek=True)
        meeting = self.do("meeting new", self.plan, "kind=trepartsmöte", "when=2026-09-22T11:00Z", agenda=True)["id"]
        self.do("meeting agenda", self.plan)
        self.do("meeting minutes", meeting, "Praktiken flyttas.")
        self.do("meeting decide", meeting, "text=Ny praktikplats", "due=2026-10-01")
        self.do("proposal list")
        self.do("proposal accept", yes)
        self.do("proposal decline", no)
        self.do("proposal list")
        self.do("remiss answer", theirs, "mottagen")
        handed = self.do("remiss new", self.plan, "to=Hässleholms kommun", page=self.bos)["id"]
        self.sync(self.bos)
        self.sync()
        self.do("remiss answer", handed, "avvisad", why="Fel mottagare")
        self.do("remiss new", self.plan, "to=Region Skåne")
        joint = self.do("assessment new", self.plan, "text=Arbetsträning", "parties=Hässleholms kommun;Region Skåne")["id"]
        self.do("assessment list", self.plan)
        self.sync()
        self.sync(self.bos)
        self.do("remiss list", self.plan, page=self.bos)
        self.do("meeting agenda", self.plan, page=self.bos)
        self.do("remiss settle", handed, page=self.bos)
        self.do("assessment agree", joint, page=self.bos, opinion="Hälsan först")
        self.do("assessment list", self.plan, page=self.bos)
        self.do("remiss list")
        self.sync()
        self.sync(self.bos)
        self.do("plan show", self.plan)
        self.do("plan show", self.plan, page=self.bos)
        self.do("plan state", self.plan, page=self.bos)
        self.do("verify", full=True)
        self.do("digest")

    def persons(self):
        number = (lib.TOP / "tests/data/testpersonnummer.txt").read_text().split()[0]
        first, second = (self.do("plan new", f"title={t}", "person.name=Testperson Två", f"person.number={number}")["person"]
                         for t in ("A", "B"))
        self.do("person duplicates")
        self.do("person join", first, second)
        self.do("person split", first)
        rows = "Namn\nFontänhuset\nVägen ut\n"
        for options in ({"as": "insatser", "map": "m", "dry-run": True}, {"as": "insatser", "map": "m"}):
            self.ask("POST", "/api/import", {"args": ["f"], "options": options,
                                             "files": {"f": rows, "m": "Namn = insats.name\n"}})
        self.ask("POST", "/api/import", {"args": ["f"], "options": {"as": "insatser"},
                                         "files": {"f": "name,owner,annat\nX,Ingen alls,y\n"}})
        self.do("insats list")
        self.do("insats search", "fontän")
        self.do("insats show", "Fontänhuset")

    def hidden(self):
        who = self.do("plan new", "title=Skyddad", "person.name=Testperson Tre")
        self.do("plan add", who["id"], "activity", "kind=praktik")
        self.do("person protect", who["id"], "sekretessmarkering", keep=["Region Skåne"])
        self.do("plan show", who["id"])
        self.do("plan list")

    def ends(self):
        plan = self.do("plan new", "title=Kort", "status=aktiv")["id"]
        self.do("plan add", plan, "activity", "kind=praktik", "from=2026-09-01")
        self.do("plan close", plan)
        self.do("plan close", plan, "closing_reason=arbete", "learned=Korta steg", end="klar")
        self.do("plan followup", plan, "income=lön")
        self.do("plan reopen", plan, why="Anställningen upphörde")

    def groups(self):
        self.do("insats new", "name=Grön rehab", "purpose=Steg mot arbete")
        group = self.do("group new", "Fontänhuset", "name=Vår 2027", "from=2027-02-01")["id"]
        self.do("group list")
        self.do("group module", "Fontänhuset", "name=Start")
        self.do("group module", "Fontänhuset", "name=Praktik", "requires=Start")
        session = self.do("group session", "Vår 2027", "Start", "when=2027-02-01T08:00Z")["id"]
        self.do("group join", group, self.plan, "kind=förstegsplats")
        self.do("group attend", session, self.plan)
        self.do("group complete", group, "Praktik", self.plan)
        self.do("group show", group)
        self.do("group list")

    def paper(self, web):
        self.do("copy", self.plan)
        address = self.ask("POST", f"/api/print/{self.plan}", template="/api/print/{rest}")["address"]
        reply = web.ask("GET", address, headers={"Cookie": self.page.cookie})
        assert reply.status == 200
        self.keep("GET", "/print/{rest}", None)
        for method, path, body in (("PUT", "/api/drafts/x", {"a": 1}), ("GET", "/api/drafts", None),
                                   ("GET", "/api/drafts/x", None), ("DELETE", "/api/drafts/x", None),
                                   ("POST", "/api/bundle/post", None), ("PUT", "/api/bundle/post", b"x"),
                                   ("GET", "/api/bundle/post", None), ("DELETE", "/api/bundle/post", None)):
            self.ask(method, path, body, template=re.sub("/(x|post)$", "/{rest}", path))


# ---- the document ----

ERROR = {"type": "object", "required": ["error"], "additionalProperties": False, "properties": {"error": {
    "type": "object", "required": ["code", "message"], "additionalProperties": False, "properties": {
        "code": {"type": "string"}, "message": {"type": "string"}, "conflict": {"type": "object"}}}}}
CALL = {"type": "object", "additionalProperties": False, "properties": {
    "args": {"type": "array", "items": {"type": "string"}},
    "options": {"type": "object", "additionalProperties": {"oneOf": [
        {"type": "string"}, {"type": "boolean"}, {"type": "array", "items": {"type": "string"}}]}}}}
CONTENT = {("POST", "/api/sync"): "application/x-ndjson", ("GET", "/print/{rest}"): "text/html",
           ("GET", "/api/bundle/{rest}"): "application/octet-stream"}


def operation(summary, method, path, samples, body):
    content = CONTENT.get((method, path), "application/json")
    told = {} if content in ("text/html", "application/octet-stream") else {"schema": shape(samples)}
    if "properties" in told.get("schema", {}) and "draft" in told["schema"]["properties"]:
        told["schema"]["properties"]["draft"] = {}  # whatever was kept
    out = {"summary": summary, "responses": {"200": {"description": "done", "content": {content: told}},
                                             "default": {"$ref": "#/components/responses/failed"}}}
    if body:
        out["requestBody"] = {"content": body}
    if "{rest}" in path:
        out["parameters"] = [{"name": "rest", "in": "path", "required": True, "schema": {"type": "string"}}]
    return out


def document(answers):
    paths = {}
    for method, path, gate, _, kind in routes():
        body = None if kind == "NULL" else {kind: {}}
        one = operation(SUMMARIES[(method, path)], method, path, answers[(method, path)], body)
        one["security"] = {"GATE_OPEN": [], "GATE_COOKIE": [{"cookie": []}]}.get(gate, [{"cookie": [], "token": []}])
        paths.setdefault(path, {})[method.lower()] = one
    with tempfile.TemporaryDirectory() as there:
        table = {c["name"]: c for c in lib.Site(pathlib.Path(there) / "none").ask("help")}
    for name in offered():
        path = "/api/c/" + name.replace(" ", "/")
        one = operation(table[name]["summary"], "POST", path, answers[("POST", path)],
                        {"application/json": {"schema": {"$ref": "#/components/schemas/call"}}})
        one["description"] = f"samplan {name} {table[name]['usage']}".strip()
        paths[path] = {"post": one}
    return {
        "openapi": "3.1.0",
        "info": {"title": "samplan web", "version": "1", "description": "Made by tests/web/test_openapi.py --write. "
                 "In words: docs/api.md."},
        "servers": [{"url": "http://127.0.0.1:{port}", "variables": {"port": {"default": "0"}}}],
        "security": [{"cookie": [], "token": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {"call": CALL, "error": ERROR},
            "responses": {"failed": {"description": "not done", "content": {"application/json": {
                "schema": {"$ref": "#/components/schemas/error"}}}}},
            "securitySchemes": {"cookie": {"type": "apiKey", "in": "cookie", "name": "samplan-{port}"},
                                "token": {"type": "apiKey", "in": "header", "name": "X-Samplan-Token"}}}}


def everything():
    with tempfile.TemporaryDirectory() as there:
        return Everything(pathlib.Path(there)).run()


class OpenApi(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.answers = everything()
        cls.written = json.loads(DOCUMENT.read_text(encoding="utf-8"))

    def test_every_route_and_command_stands_there_and_was_called(self):
        wanted = {(m, p) for m, p, *_ in routes()} | {("POST", "/api/c/" + n.replace(" ", "/")) for n in offered()}
        self.assertEqual(wanted, set(self.answers))
        there = {(m.upper(), p) for p, methods in self.written["paths"].items() for m in methods}
        self.assertEqual(wanted, there, "run this test with --write")

    def test_every_answer_has_its_shape(self):
        wrong = []
        for (method, path), samples in self.answers.items():
            told = self.written["paths"][path][method.lower()]["responses"]["200"]["content"]
            schema = next(iter(told.values())).get("schema", {})
            for sample in samples:
                wrong += [f"{method} {path} {fault}" for fault in faults(sample, schema)]
        self.assertEqual(wrong[:10], [], "run this test with --write, and look at what it changes")

    def test_it_is_made_from_the_tables(self):
        fresh = document(self.answers)
        for path, methods in fresh["paths"].items():
            for method, one in methods.items():
                stands = self.written["paths"][path][method]
                for key in ("summary", "description", "parameters", "security", "requestBody"):
                    self.assertEqual(one.get(key), stands.get(key), (path, method, key))
        self.assertEqual(fresh["components"], self.written["components"])

    def test_the_words_name_each_route(self):
        text = (lib.TOP / "docs/api.md").read_text(encoding="utf-8")
        for _, path, *_ in routes():
            self.assertIn(path.split("{")[0].rstrip("/"), text, path)

    def test_the_check_sees_what_is_wrong(self):
        schema = shape([{"a": 1, "b": [{"c": None}, {"c": "x", "d": True}]}])
        self.assertEqual(faults({"a": 2, "b": [{"c": "y"}]}, schema), [])
        self.assertEqual(faults({"a": 1, "b": [], "e": 1}, schema), [])
        for wrong in ({"a": "1", "b": []}, {"b": []}, {"a": 1, "b": [{}]},
                      {"a": 1, "b": [{"c": 5}]}, {"a": None, "b": []}, []):
            self.assertTrue(faults(wrong, schema), wrong)


if __name__ == "__main__":
    if "--write" in sys.argv:
        DOCUMENT.write_text(json.dumps(document(everything()), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    else:
        unittest.main()
