"""The local pages' server as its neighbours meet it: who is let in, what hostile requests come to, and that nothing
acknowledged is lost. Real processes, real sockets."""
import fcntl
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import lib_samplan as lib
import lib_web

PASS = "sju sjösjuka sjömän"
JSON = {"Content-Type": "application/json"}
POLICY = "default-src 'none'"


class Case(unittest.TestCase):
    def setUp(self):
        there = tempfile.TemporaryDirectory()
        self.addCleanup(there.cleanup)
        self.dir = pathlib.Path(there.name)
        self.site = lib.Site(self.dir / "anna", PASS)

    def serve(self, *options, site=None):
        web = lib_web.Web(site or self.site, *options)
        self.addCleanup(web.stop)
        return web

    def founded(self, *options):
        lib.found(self.site, "Skåne nordost", "Hässleholms kommun", "kommun", "Anna Ek")
        return self.serve(*options)

    def opened(self, *options):
        web = self.founded(*options)
        return web, web.unlocked(PASS)

    def plan(self, page, title="Väg till arbete"):
        return page.command("plan/new", f"title={title}", "person.name=Testperson Ett")["result"]["id"]


class WhoIsLetIn(Case):
    def test_only_who_has_both_secrets(self):
        web, page = self.opened()
        self.assertEqual(page.ask("GET", "/api/state").status, 200)
        for missing in ("Cookie", "X-Samplan-Token"):
            for value in (None, "", "x", page.headers()[missing][:-1] + "x", page.headers()[missing] + "0"):
                reply = page.ask("GET", "/api/state", headers={missing: value})
                self.assertEqual((reply.status, reply.error["code"]), (403, "session"), (missing, value))
                reply = page.ask("POST", "/api/c/plan/new", {"args": ["title=x"]}, headers={missing: value})
                self.assertEqual(reply.status, 403)
        self.assertEqual(page.command("plan/list")["result"], [])

    def test_the_cookie_is_for_the_browser_alone(self):
        web = self.founded()
        reply = web.ask("POST", "/api/enter", json.dumps({"ticket": web.ticket}).encode(), JSON)
        cookie = reply.headers["Set-Cookie"]
        self.assertIn("; HttpOnly", cookie)
        self.assertIn("; SameSite=Strict", cookie)
        self.assertTrue(cookie.startswith(f"samplan-{web.port}="))
        self.assertNotIn(reply.json["token"], cookie)

    def test_a_ticket_is_good_once(self):
        web = self.founded()
        web.enter()
        for ticket in (web.ticket, "", "0" * 64, None, 5):
            reply = web.ask("POST", "/api/enter", json.dumps({"ticket": ticket}).encode(), JSON)
            self.assertIn(reply.status, (400, 403, 422), reply)
            self.assertNotIn("Set-Cookie", reply.headers)

    def test_a_page_that_was_reloaded_before_the_answer_came_enters_again_and_nobody_else(self):
        web = self.founded()
        ours, theirs = "a" * 64, "b" * 64
        def enter(page):
            body = {"ticket": web.ticket} | ({"page": page} if page is not None else {})
            return web.ask("POST", "/api/enter", json.dumps(body).encode(), {"Content-Type": "application/json"})
        first = enter(ours)
        self.assertEqual(first.status, 200)
        for page in (theirs, None, "", "a", ours + "a"):
            self.assertEqual(enter(page).status, 403, page)
        again = enter(ours)
        self.assertEqual(again.status, 200)
        lost, page = (lib_web.Page(web, r.headers["Set-Cookie"].split(";")[0], r.json["token"]) for r in (first, again))
        self.assertEqual(lost.ask("GET", "/api/state").status, 403, "that session has ended")
        self.assertEqual(page.ask("GET", "/api/state").status, 200)
        self.assertEqual(enter(ours).status, 403, "the session has been used")
        self.assertEqual(page.ask("GET", "/api/state").status, 200)

    def test_a_page_without_a_secret_of_its_own_enters_once(self):
        web = self.founded()
        def enter(page):
            return web.ask("POST", "/api/enter", json.dumps({"ticket": web.ticket, "page": page}).encode(),
                           {"Content-Type": "application/json"})
        self.assertEqual([enter(page).status for page in ("kort", "kort", "")], [200, 403, 403])

    def test_a_new_session_ends_the_one_before_and_begins_locked(self):
        web, page = self.opened()
        other = web.enter(web.fresh_ticket())
        self.assertEqual(page.ask("GET", "/api/state").status, 403)
        self.assertFalse(other.ok("GET", "/api/state")["unlocked"])
        self.assertEqual(other.fails(423, "plan/list")["code"], "locked")

    def test_a_foreign_host_is_told_nothing(self):
        web, page = self.opened()
        for host in ("samplan.example", f"samplan.example:{web.port}", "127.0.0.1", f"127.0.0.1:{web.port + 1}",
                     f"127.0.0.1.:{web.port}", f"[::1]:{web.port}", f"127.0.0.1:{web.port}.example", "localhost"):
            for method, path in (("GET", "/"), ("GET", "/api/state"), ("POST", "/api/lock"), ("GET", "/nothing")):
                self.assertEqual(page.ask(method, path, headers={"Host": host, "Origin": None}).status, 421, host)
        self.assertTrue(page.ok("GET", "/api/state")["unlocked"])

    def test_another_page_of_the_same_browser_is_not_heard(self):
        web, page = self.opened()
        for headers in ({"Origin": "http://samplan.example"}, {"Origin": "null"}, {"Origin": f"http://127.0.0.1:{web.port + 1}"},
                        {"Origin": f"https://127.0.0.1:{web.port}"}, {"Origin": f"http://localhost:{web.port}"},
                        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
            reply = page.ask("POST", "/api/lock", headers=headers)
            self.assertEqual((reply.status, reply.error["code"]), (403, "origin"), headers)
            self.assertEqual(page.ask("GET", "/api/state", headers=headers).status, 403)
        self.assertEqual(page.ask("POST", "/api/lock", headers={"Sec-Fetch-Site": "none"}).status, 403)
        self.assertTrue(page.ok("GET", "/api/state")["unlocked"])

    def test_no_answer_invites_another_origin(self):
        web, page = self.opened()
        for method, path in (("OPTIONS", "/api/state"), ("OPTIONS", "/"), ("GET", "/api/state"), ("POST", "/api/c/x")):
            reply = page.ask(method, path, headers={"Origin": web.address})
            self.assertFalse([h for h in reply.headers if h.lower().startswith("access-control")])

    def test_every_answer_has_its_policy(self):
        web, page = self.opened()
        for method, path in (("GET", "/"), ("HEAD", "/"), ("GET", "/nothing"), ("PATCH", "/"), ("GET", "/api/state"),
                             ("GET", "/api/nothing"), ("POST", "/api/lock"), ("GET", "/api/lock")):
            reply = page.ask(method, path)
            self.assertTrue(reply.headers["Content-Security-Policy"].startswith(POLICY), path)
            self.assertNotIn("unsafe", reply.headers["Content-Security-Policy"])
            self.assertEqual(reply.headers["X-Content-Type-Options"], "nosniff")
            self.assertEqual(reply.headers["Referrer-Policy"], "no-referrer")
            if path.startswith("/api"):
                self.assertEqual(reply.headers["Cache-Control"], "no-store")


class Methods(Case):
    def test_what_is_not_done(self):
        web, page = self.opened()
        for method, path, status in (("GET", "/api/lock", 405), ("PUT", "/api/state", 405), ("DELETE", "/", 405),
                                     ("OPTIONS", "/", 405), ("OPTIONS", "/api/state", 405), ("TRACE", "/", 405),
                                     ("BREW", "/api/state", 405), ("X" * 40, "/", 400), ("HEAD", "/api/state", 405)):
            self.assertEqual(page.ask(method, path).status, status, (method, path))
        self.assertIn("Allow", page.ask("GET", "/api/lock").headers)

    def test_head_is_get_without_a_body(self):
        web = self.founded()
        get, head = web.ask("GET", "/"), web.ask("HEAD", "/")
        self.assertEqual((head.status, head.body), (200, b""))
        self.assertEqual(head.headers["Content-Length"], str(len(get.body)))

    def test_a_page_that_the_browser_has_is_not_sent_again(self):
        web = self.founded()
        tag = web.ask("GET", "/").headers["ETag"]
        reply = web.ask("GET", "/", headers={"If-None-Match": tag})
        self.assertEqual((reply.status, reply.body), (304, b""))


class Paths(Case):
    def test_no_path_leads_to_a_file(self):
        web, page = self.opened()
        for path in ("/../../etc/passwd", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd",
                     "/index.html/../../x", "/index.html%00.js", "/./index.html", "/INDEX.HTML", "/device.key",
                     "/web.address", "/api/../index.html", "/api/c/../state", "/api/c/", "/api/c/plan", "/%",
                     "/api/c/plan/show/", "/api/c/plan%2fshow", "/api/c/plan%20show", "/api//state", "/api/state/",
                     "/" + "a" * 600, "/åäö"):
            raw = path.encode() if path == "/åäö" else None
            if raw:
                got = web.raw(b"GET " + raw + f" HTTP/1.1\r\nHost: 127.0.0.1:{web.port}\r\nConnection: close\r\n\r\n".encode())
                self.assertIn(got.split(b" ")[1], (b"404", b"400"), path)
                continue
            for method in ("GET", "POST"):
                reply = page.ask(method, path)
                self.assertIn(reply.status, (400, 404, 405), (method, path, reply))

    def test_a_query_is_refused(self):
        web, page = self.opened()
        self.assertEqual(page.ask("GET", "/api/state?x=1").status, 400)
        self.assertEqual(page.ask("GET", "/?token=1").status, 400)

    def test_commands_that_are_not_offered(self):
        web, page = self.opened()
        for words in ("found", "enrol/request", "enrol/approve", "audit/export", "apply", "import", "dump", "print",
                      "sync", "rebuild", "gc", "web", "nothing"):
            self.assertEqual(page.fails(404, words)["code"], "not-found", words)


class Bodies(Case):
    def test_what_is_no_request(self):
        web, page = self.opened()
        plan = self.plan(page)
        deep = b'{"args":' + b"[" * 100000 + b"]" * 100000 + b"}"
        for body in (b"{", b"null", b"[]", b'"x"', b"{}{}", b'{"args":{}}', b'{"args":[1]}', b'{"args":[null]}',
                     b'{"args":[["x"]]}', b'{"options":[]}', b'{"options":{"why":1}}', b'{"options":{"why":{}}}',
                     b'{"args":["a\\u0000b"]}', b'{"args":["\xff\xfe"]}', b'{"args":["\\ud800"]}', b'{"args":["\x01"]}',
                     b'{"args":["a\\u0007"]}', b'{"args":[],"args":[]}', b'{"other":1}', deep, b"\x00", b"\xef\xbb\xbf{}",
                     b'{"options":{"home":"/tmp"}}', b'{"options":{"passphrase-file":"/etc/passwd"}}',
                     b'{"options":{"json":true}}', b'{"options":{"today":"2020-01-01"}}', b'{"options":{"o":"/tmp/x"}}',
                     b'{"options":{"-":true}}', b'{"options":{"peek=1 --home":"x"}}', b'{"options":{"help":true}}',
                     b'{"options":{"no-such-thing":true}}', b'{"options":{"\\u0000":true}}'):
            reply = page.ask("POST", "/api/c/news", body, type="application/json")
            self.assertEqual((reply.status, reply.error["code"]), (400, "usage"), (body[:60], reply))
        self.assertEqual(page.command("plan/show", plan)["result"]["id"], plan)

    def test_too_many_words(self):
        web, page = self.opened()
        self.assertEqual(page.fails(422, "plan/new", *["x=y"] * 5000)["code"], "limit")

    def test_an_argument_is_never_an_option_nor_a_file(self):
        web, page = self.opened()
        secret = self.dir / "secret"
        secret.write_text("not for pages")
        plan = page.command("plan/new", f"title=@{secret}", "person.name=@-")["result"]["id"]
        shown = page.command("plan/show", plan)["result"]
        self.assertEqual(shown["fields"]["title"], f"@{secret}")
        self.assertEqual(page.fails(422, "plan/show", "--home=/tmp")["code"], "input")
        goal = page.command("plan/add", plan, "goal", f"text=@{secret}")["result"]["id"]
        page.command("plan/set", goal, "text=@@x")
        goals = page.command("plan/show", plan)["result"]["goals"]
        self.assertEqual(goals[0]["fields"]["text"], "@@x")
        meeting = page.command("meeting/new", plan, "kind=trepartsmöte", "when=2026-09-22T11:00Z")["result"]["id"]
        page.command("meeting/minutes", meeting, f"@{secret}")
        page.command("meeting/minutes", meeting, "-")
        self.assertNotIn("not for pages", json.dumps(page.command("plan/show", plan)))

    def test_another_content_type_is_refused(self):
        web, page = self.opened()
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx", ""):
            self.assertEqual(page.ask("POST", "/api/c/plan/list", b"{}", type=kind, headers={"Content-Type": kind}).status, 415)

    def test_a_huge_body_is_refused_before_it_is_read(self):
        web, page = self.opened()
        reply = web.raw(self.head(web, page, "POST", "/api/c/plan/list", {"Content-Length": str(1 << 40)}))
        self.assertTrue(reply.startswith(b"HTTP/1.1 413"), reply[:100])

    def test_a_huge_body_in_chunks_ends_the_connection(self):
        web, page = self.opened()
        with socket.create_connection(("127.0.0.1", web.port), timeout=30) as there:
            there.sendall(self.head(web, page, "POST", "/api/unlock", {"Transfer-Encoding": "chunked"}))
            chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n"
            with self.assertRaises(OSError):
                for _ in range(1000):
                    there.sendall(chunk)
        self.assertTrue(page.ok("GET", "/api/state")["unlocked"])

    def test_headers_without_end(self):
        web = self.founded()
        head = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{web.port}\r\n".encode() + b"X: " + b"a" * (1 << 20)
        got = web.raw(head)
        self.assertTrue(got == b"" or got.startswith((b"HTTP/1.1 431", b"HTTP/1.1 413", b"HTTP/1.1 400")), got[:60])
        self.assertEqual(web.ask("GET", "/").status, 200)

    def test_doubled_headers(self):
        web, page = self.opened()
        for name, value in (("Host", f"127.0.0.1:{web.port}"), ("X-Samplan-Token", page.token), ("Origin", web.address)):
            text = self.head(web, page, "GET", "/api/state").decode()[:-2] + f"{name}: {value}\r\n\r\n"
            self.assertTrue(web.raw(text.encode()).startswith(b"HTTP/1.1 400"), name)

    def test_what_the_library_itself_refuses_says_nothing_of_the_request(self):
        """Before a head is whole nobody of ours is asked: fixed texts of the library, without a policy, and the end."""
        web = self.founded()
        host, evil = f"Host: 127.0.0.1:{web.port}\r\n", "<script>alert(1)</script>"
        enter = "POST /api/enter HTTP/1.1\r\n" + host + "Content-Type: application/json\r\n"
        for status, text in ((414, f"GET /{evil * 4000} HTTP/1.1\r\n{host}\r\n"), (505, f"GET /{evil} HTTP/9.9\r\n\r\n"),
                             (431, f"GET / HTTP/1.1\r\n{host}X: {evil * 4000}\r\n\r\n"), (400, f"{evil} / HTTP/1.1\r\n\r\n"),
                             (400, f"{enter}Content-Length: -5{evil}\r\n\r\n"), (400, f"GET / HTTP/1.1\r\n{evil}\r\n\r\n"),
                             (400, f"{enter}Transfer-Encoding: chunked\r\n\r\nzz{evil}\r\n")):
            got = web.raw(text.encode())
            self.assertTrue(got.startswith(f"HTTP/1.1 {status} ".encode()), (status, got[:100]))
            self.assertIn(b"\r\nConnection: close\r\n", got)
            self.assertNotIn(b"script", got)
            self.assertNotIn(b"alert", got)
            self.assertLess(len(got), 600)

    def test_what_is_not_http(self):
        web = self.founded()
        for text in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\x00" * 100, b"GET\r\n\r\n", b"\r\n" * 100,
                     b"GET / HTTP/9.9\r\n\r\n", b"SSH-2.0-x\r\n", b"GET http://samplan.example/ HTTP/1.1\r\nHost: x\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", web.port), timeout=30) as there:
                there.sendall(text)
                there.shutdown(socket.SHUT_WR)
                got = there.recv(4096)
                self.assertFalse(got.startswith(b"HTTP/1.1 200"), got)
        self.assertEqual(web.ask("GET", "/").status, 200)

    def head(self, web, page, method, path, more=None):
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{web.port}", "Connection: close"]
        wanted = page.headers() | {"Content-Type": "application/json"} | (more or {})
        return ("\r\n".join(lines + [f"{k}: {v}" for k, v in wanted.items()]) + "\r\n\r\n").encode()


class Slow(Case):
    def test_a_body_that_stops_is_given_up(self):
        web, page = self.opened()
        start = time.monotonic()
        got = web.raw((f"POST /api/enter HTTP/1.1\r\nHost: 127.0.0.1:{web.port}\r\nContent-Type: application/json\r\n"
                       "Content-Length: 100\r\n\r\n{").encode(), timeout=60)
        self.assertFalse(got.startswith(b"HTTP/1.1 200"), got)
        self.assertLess(time.monotonic() - start, 40)

    def test_a_head_that_trickles_is_given_up(self):
        """A byte at a time moves always, and never ends: 20 seconds are all there is for a head."""
        web, page = self.opened()
        start = time.monotonic()
        with socket.create_connection(("127.0.0.1", web.port), timeout=30) as there:
            there.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{web.port}\r\nX: ".encode())
            there.settimeout(0.5)
            while time.monotonic() - start < 60:
                try:
                    there.sendall(b"a")
                    if there.recv(1) == b"":
                        break
                except TimeoutError:
                    continue
                except OSError:
                    break
        self.assertGreater(time.monotonic() - start, 15)
        self.assertLess(time.monotonic() - start, 40)
        self.assertTrue(page.ok("GET", "/api/state")["unlocked"])

    def test_a_connection_may_be_used_for_longer_than_a_head_may_take(self):
        web, page = self.opened()
        connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=30)
        self.addCleanup(connection.close)
        start = time.monotonic()
        while time.monotonic() - start < 24:
            connection.request("GET", "/api/state", headers=page.headers())
            self.assertEqual(connection.getresponse().read()[:1], b"{")
            socket_before = connection.sock
            time.sleep(1)
        self.assertIs(connection.sock, socket_before, "the same connection all the time")

    def test_many_connections_leave_room_again(self):
        web, page = self.opened()
        idle = []
        try:
            for _ in range(200):
                try:
                    idle.append(socket.create_connection(("127.0.0.1", web.port), timeout=5))
                except OSError:
                    break
        finally:
            for one in idle:
                one.close()
        self.assertTrue(page.ok("GET", "/api/state")["unlocked"])

    def test_slow_ones_hold_up_nobody(self):
        web, page = self.opened()
        slow = [socket.create_connection(("127.0.0.1", web.port), timeout=30) for _ in range(30)]
        try:
            for one in slow:
                one.sendall(f"POST /api/enter HTTP/1.1\r\nHost: 127.0.0.1:{web.port}\r\nContent-Length: 50\r\n"
                            "Content-Type: application/json\r\n\r\n{".encode())
            start = time.monotonic()
            page.command("plan/list")
            self.assertLess(time.monotonic() - start, 5)
        finally:
            for one in slow:
                one.close()


class Locks(Case):
    def test_locked_until_the_passphrase_comes(self):
        web = self.founded()
        page = web.enter()
        self.assertEqual(page.ok("GET", "/api/state")["stage"], "locked")
        self.assertEqual(page.fails(423, "plan/list")["code"], "locked")
        wrong = page.ask("POST", "/api/unlock", {"passphrase": PASS + "x"})
        self.assertEqual((wrong.status, wrong.error["code"]), (403, "passphrase"))
        state = page.ok("POST", "/api/unlock", {"passphrase": PASS})
        self.assertEqual((state["stage"], state["member"], state["unlocked"]), ("member", "Anna Ek", True))
        page.command("plan/list")
        self.assertFalse(page.ok("POST", "/api/lock")["unlocked"])
        page.fails(423, "plan/list")

    def test_another_passphrase(self):
        web, page = self.opened("--passphrase-cost", "cheap")
        plan = self.plan(page)
        for old, new, status, code in ((PASS + "x", "ny lösenfras", 403, "passphrase"), (PASS, "", 422, "input"),
                                       (PASS, PASS, 422, "input")):
            reply = page.ask("POST", "/api/passwd", {"passphrase": old, "new": new})
            self.assertEqual((reply.status, reply.error["code"]), (status, code))
            self.assertTrue(page.ok("GET", "/api/state")["unlocked"])
        state = page.ok("POST", "/api/passwd", {"passphrase": PASS, "new": "ny lösenfras"})
        self.assertEqual((state["stage"], state["unlocked"]), ("locked", False))
        reply = page.ask("POST", "/api/passwd", {"passphrase": "ny lösenfras", "new": "en till"})
        self.assertEqual((reply.status, reply.error["code"]), (423, "locked"))
        self.assertEqual(page.ask("POST", "/api/unlock", {"passphrase": PASS}).status, 403)
        page.ok("POST", "/api/unlock", {"passphrase": "ny lösenfras"})
        self.assertEqual(page.command("plan/show", plan)["result"]["id"], plan)

    def test_it_locks_by_itself(self):
        web, page = self.opened("--idle", "2")
        for _ in range(4):  # being asked keeps it open
            time.sleep(0.7)
            page.command("plan/list")
        start = time.monotonic()
        while page.ok("GET", "/api/state")["unlocked"]:  # looking how things stand does not
            self.assertLess(time.monotonic() - start, 20)
            time.sleep(0.2)
        page.fails(423, "plan/list")

    def test_texts_are_in_the_language_of_the_page(self):
        web = self.founded()
        page = web.enter()
        for language, text in (("sv", "låst"), ("en-GB,en;q=0.9", "locked"), ("de, sv;q=0.5", "låst"), ("de", "låst")):
            page.language = language
            self.assertTrue(page.fails(423, "plan/list")["message"].startswith(text), language)


class Saving(Case):
    def test_what_was_acknowledged_is_there_after_a_kill(self):
        web, page = self.opened()
        plan = self.plan(page)
        saved, lock = [], threading.Lock()

        def save():
            try:
                for n in range(1000):
                    made = page.command("plan/add", plan, "note", f"text=anteckning {n}")["result"]["id"]
                    with lock:
                        saved.append(made)
            except (OSError, http.client.HTTPException):
                pass  # killed

        thread = threading.Thread(target=save)
        thread.start()
        while len(saved) < 8:
            time.sleep(0.05)
        web.kill()
        thread.join()
        notes = {note["id"] for note in self.site.look("plan", "show", plan)["notes"]}
        self.assertLessEqual(set(saved), notes)
        self.assertLessEqual(len(notes), len(saved) + 1)
        again = self.serve()
        page = again.unlocked(PASS)
        self.assertEqual({n["id"] for n in page.command("plan/show", plan)["result"]["notes"]}, notes)

    def test_a_field_that_was_overtaken_is_a_conflict_and_nothing_is_saved(self):
        web, page = self.opened()
        plan = self.plan(page)
        seen = [row for row in page.command("blame", plan)["result"] if row["field"] == "title"][0]["tx"]
        self.site.ask("plan", "set", plan, "title=Annat")  # another process
        error = page.fails(409, "plan/set", plan, "title=Mitt", shown=seen)
        self.assertEqual(error["code"], "changed")
        self.assertEqual(error["conflict"]["field"], "title")
        self.assertEqual([v["value"] for v in error["conflict"]["values"]], ["Annat"])
        now = ",".join(v["tx"] for v in error["conflict"]["values"])
        page.command("plan/set", plan, "title=Vårt", shown=now)
        self.assertEqual(page.command("plan/show", plan)["result"]["fields"]["title"], "Vårt")

    def test_the_command_line_and_the_pages_see_each_other(self):
        web, page = self.opened()
        plan = self.plan(page)
        self.assertEqual([p["id"] for p in self.site.ask("plan", "list")], [plan])
        other = self.site.ask("plan", "new", "title=Två", "person.name=Testperson Två")["id"]
        self.assertEqual({p["id"] for p in page.command("plan/list")["result"]}, {plan, other})
        self.site.ask("rebuild")
        page.command("plan/set", plan, "title=Efter")
        self.assertEqual(page.command("digest")["result"], self.site.ask("digest"))
        self.assertTrue(self.site.look("verify", "--full")["ok"])

    def test_a_command_beside_the_pages_after_a_meeting_takes_nothing_away(self):
        """A meeting has a handle of its own on the replica, which it closes: that must not drop the locks of the other,
        or the next command takes itself for the last one and the write-ahead log, with what the pages save from then on."""
        web, page = self.opened()
        page.command("remote/add", "mapp", str(self.dir / "mapp"))
        plans = [self.plan(page)]
        for title in ("Två", "Tre"):
            self.assertEqual(page.ask("POST", "/api/sync", {}).status, 200)
            self.site.ask("plan", "list")
            plans += [self.plan(page, title), self.site.ask("plan", "new", f"title={title} till")["id"]]
            self.assertEqual({p["id"] for p in self.site.ask("plan", "list")}, set(plans))
        self.assertEqual({p["id"] for p in page.command("plan/list")["result"]}, set(plans))
        web.stop()
        self.assertEqual({p["id"] for p in self.site.ask("plan", "list")}, set(plans))
        self.assertTrue(self.site.look("verify", "--full")["ok"])


class Joining(Case):
    """From nothing to two sites that meet, by the API alone."""

    def setUp(self):
        super().setUp()
        self.sites = [self.site, lib.Site(self.dir / "bo", PASS)]
        self.webs = [self.serve("--passphrase-cost", "cheap", site=site) for site in self.sites]
        self.anna, self.bo = self.pages = [web.enter() for web in self.webs]

    def found(self):
        return self.anna.ok("POST", "/api/found", {"forbund": "Skåne nordost", "party": "Hässleholms kommun",
                                                   "kind": "kommun", "person": "Anna Ek", "passphrase": PASS})

    def join(self):
        self.found()
        asked = self.bo.ok("POST", "/api/enrol/request", {"party": "Region Skåne", "kind": "region", "person": "Bo Al",
                                                          "role": "samordnare", "passphrase": PASS})
        seen = self.anna.ok("POST", "/api/enrol/look", {"file": asked["file"]})
        self.assertEqual(seen, asked)
        answer = self.anna.ok("POST", "/api/enrol/approve", {"file": asked["file"]})
        self.assertEqual((answer["complete"], answer["request_words"]), (True, asked["words"]))
        accepted = self.bo.ok("POST", "/api/enrol/accept", {"file": answer["file"]})
        self.assertEqual(accepted["words"], answer["invitation_words"])
        for page in self.pages:
            page.command("remote/add", "mapp", str(self.dir / "mapp"))
            self.sync(page)

    def sync(self, page, *remotes):
        reply = page.ask("POST", "/api/sync", {"remotes": list(remotes)})
        self.assertEqual((reply.status, reply.headers["Content-Type"]), (200, "application/x-ndjson"))
        lines = [json.loads(line) for line in reply.body.decode().splitlines()]
        self.assertEqual([line["event"] == "end" for line in lines], [False] * (len(lines) - 1) + [True])
        return lines

    def test_founding(self):
        for missing in ("forbund", "passphrase"):
            body = {"forbund": "F", "party": "P", "kind": "kommun", "person": "A", "passphrase": PASS}
            del body[missing]
            self.assertEqual(self.anna.ask("POST", "/api/found", body).status, 422)
        body = {"forbund": "F", "party": "P", "kind": "kommun", "person": "A", "passphrase": PASS}
        for more in ({"passphrase": ""}, {"kind": "x"}, {"quorum": "0"}, {"quorum": "x"}, {"forbund": ""}):
            self.assertEqual(self.anna.ask("POST", "/api/found", body | more).status, 422, more)
            self.assertEqual(self.anna.ok("GET", "/api/state")["stage"], "none")
        state = self.found()
        self.assertEqual((state["stage"], state["role"]), ("member", "administratör"))
        self.assertEqual(self.anna.ask("POST", "/api/found", body).status, 409)
        self.assertEqual(self.site.ask("status")["member"], "Anna Ek")

    def test_joining_and_meeting(self):
        self.join()
        state = self.bo.ok("GET", "/api/state")
        self.assertEqual((state["stage"], state["member"], state["role"]), ("member", "Bo Al", "samordnare"))
        plan = self.plan(self.anna)
        self.anna.command("consent/give", plan, to="alla", sections="plan,person", form="written")
        sent = self.sync(self.anna, "mapp")
        self.assertEqual([l["remote"] for l in sent if l["event"] == "met"], ["mapp"])
        got = self.sync(self.bo)
        self.assertIn({"take-in"}, [{l["phase"]} for l in got if l["event"] == "progress"])
        self.assertEqual(self.bo.command("plan/show", plan)["result"]["fields"]["title"], "Väg till arbete")
        self.assertEqual(self.anna.command("digest")["result"], self.bo.command("digest")["result"])

    def test_a_request_can_be_seen_again_while_it_is_one(self):
        asked = self.bo.ok("POST", "/api/enrol/request", {"party": "R", "person": "Bo", "role": "samordnare",
                                                          "passphrase": PASS})
        self.assertEqual(self.bo.ok("GET", "/api/enrol/request"), asked)
        self.assertEqual(self.bo.ok("GET", "/api/state")["stage"], "asked")
        self.found()
        self.assertEqual(self.anna.ask("GET", "/api/enrol/request").status, 404)

    def test_letters_that_are_none(self):
        self.found()
        for path in ("look", "approve", "accept"):
            for file in ("", "x", "-----BEGIN SAMPLAN REQUEST-----\nAAAA\n-----END SAMPLAN REQUEST-----\n"):
                reply = self.anna.ask("POST", f"/api/enrol/{path}", {"file": file})
                self.assertEqual((reply.status, reply.error["code"]), (422, "input"), (path, file))

    def test_a_place_that_is_gone_does_not_stop_the_others(self):
        self.join()
        self.anna.command("remote/add", "borta", str(self.dir / "borta"))
        shutil.rmtree(self.dir / "borta")
        lines = self.sync(self.anna)
        self.assertEqual([(l["event"], l["remote"]) for l in lines if l["event"] in ("met", "failed")],
                         [("failed", "borta"), ("met", "mapp")])
        self.assertEqual((lines[0]["error"]["code"], lines[-1]["error"]["code"]), ("transport", "transport"))
        self.assertEqual(self.sync(self.anna, "ingen")[-1]["error"]["code"], "not-found")

    def test_the_pages_go_on_while_a_meeting_lasts(self):
        self.join()
        plan = self.plan(self.anna)
        self.anna.command("consent/give", plan, to="alla", sections="plan,person", form="written")
        events = []
        with open(self.dir / "mapp" / "samplan.lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # somebody else meets there, and takes his time
            thread = threading.Thread(target=lambda: events.extend(self.sync(self.anna)))
            thread.start()
            while not self.anna.ok("GET", "/api/state")["sync"]["running"]:
                time.sleep(0.01)
            reply = self.anna.ask("POST", "/api/sync", {})
            self.assertEqual((reply.status, reply.error["code"], reply.headers["Retry-After"]), (503, "busy", "1"))
            self.assertEqual(self.anna.command("plan/show", plan)["result"]["id"], plan)
            self.anna.command("plan/set", plan, "title=Under mötet")
            self.anna.ok("PUT", "/api/drafts/x", 1)
        thread.join()
        self.assertEqual(events[-1]["error"], None)
        self.assertFalse(self.anna.ok("GET", "/api/state")["sync"]["running"])
        self.sync(self.anna)
        self.sync(self.bo)
        self.assertEqual(self.anna.command("digest")["result"], self.bo.command("digest")["result"])

    def test_a_cancelled_meeting_keeps_what_came(self):
        self.join()
        plan = self.plan(self.anna)
        self.anna.command("consent/give", plan, to="alla", sections="plan,person", form="written")
        lines = "".join(json.dumps({"op": "note", "plan": plan, "text": f"anteckning {n}"}) + "\n" for n in range(2000))
        self.site.ask("apply", "-", stdin=lines)
        self.sync(self.anna)
        events = []
        thread = threading.Thread(target=lambda: events.extend(self.sync(self.bo)))
        thread.start()
        while thread.is_alive():
            self.bo.ok("POST", "/api/sync/cancel")
        self.assertTrue(events[-1]["cancelled"])
        self.assertEqual(events[-1]["error"]["code"], "transport")
        self.sync(self.bo)
        self.assertEqual(len(self.bo.command("plan/show", plan)["result"]["notes"]), 2000)

    def test_a_bundle_by_the_browser(self):
        self.join()
        plan = self.plan(self.anna)
        self.anna.command("consent/give", plan, to="alla", sections="plan,person", form="written")
        for page in self.pages:
            page.ok("POST", "/api/bundle/post")
            page.ok("POST", "/api/bundle/post")
        self.assertEqual(self.anna.ask("GET", "/api/bundle/post").status, 404)
        self.sync(self.anna, "post")
        file = self.anna.ask("GET", "/api/bundle/post")
        self.assertEqual((file.status, file.headers["Content-Type"]), (200, "application/octet-stream"))
        self.anna.ok("DELETE", "/api/bundle/post")
        self.bo.ok("PUT", "/api/bundle/post", file.body)
        self.assertGreater(self.sync(self.bo, "post")[-2]["received"]["transactions"], 0)
        self.assertEqual(self.bo.command("plan/show", plan)["result"]["id"], plan)
        self.assertEqual(self.anna.ask("POST", "/api/bundle/mapp").status, 409)  # a folder has that name
        self.assertEqual(self.anna.ask("GET", "/api/bundle/mapp").status, 409)
        self.assertEqual(self.anna.ask("GET", "/api/bundle/ingen").status, 404)
        self.assertEqual(self.anna.ask("PUT", "/api/bundle/ingen", b"x").status, 404)
        for name in ("..", "a/b", "A", "%2e%2e", "x.bundle", "a" * 65):
            self.assertEqual(self.anna.ask("POST", f"/api/bundle/{name}").status, 422, name)
        self.anna.ok("PUT", "/api/bundle/post", b"no bundle at all")
        self.assertEqual(self.sync(self.anna, "post")[-1]["error"]["code"], "transport")

    def test_hostile_bundles_by_the_browser(self):
        self.join()
        plan = self.plan(self.anna)
        self.anna.command("consent/give", plan, to="alla", sections="plan,person", form="written")
        self.sync(self.anna, "mapp")
        self.sync(self.bo, "mapp")
        self.anna.command("plan/add", plan, "note", "text=kom med filen")
        for page in self.pages:
            page.ok("POST", "/api/bundle/post")
        self.sync(self.anna, "post")
        good = self.anna.ask("GET", "/api/bundle/post").body
        before = self.bo.command("digest")["result"]
        head = good.index(b"\n\n") + 2
        flipped = [good[:at] + bytes([good[at] ^ 1]) + good[at + 1:] for at in (0, head // 2, head + 3, (head + len(good)) // 2,
                                                                             len(good) - 1)]
        for hostile in (b"", b"\n", good[:head], good[:-1], good[:len(good) // 2], good + b"x", good * 2, b"\x00" * 100_000,
                        b"# v2 git bundle\n" + b"-" + b"0" * 40 + b"\n" * 1000, *flipped):
            self.bo.ok("PUT", "/api/bundle/post", hostile)
            lines = self.sync(self.bo, "post")
            self.assertEqual(lines[-1]["event"], "end")
            self.assertTrue(lines[-1]["error"] or not any(l.get("received", {}).get("transactions") for l in lines), lines)
            self.assertEqual(self.bo.command("digest")["result"], before)
        for headers, status in (({"X-Samplan-Token": None}, 403), ({"Cookie": None}, 403), ({"Host": "samplan.example"}, 421),
                                ({"Origin": "http://samplan.example"}, 403), ({"Sec-Fetch-Site": "cross-site"}, 403),
                                ({"Content-Type": "text/plain"}, 415), ({"Content-Length": str((64 << 20) + 1)}, 413)):
            self.assertEqual(self.bo.ask("PUT", "/api/bundle/post", good, headers=headers).status, status, headers)
            if status != 413 and status != 415:
                self.assertEqual(self.bo.ask("GET", "/api/bundle/post", headers=headers).status, status, headers)
                self.assertEqual(self.bo.ask("DELETE", "/api/bundle/post", headers=headers).status, status, headers)
        self.bo.ok("PUT", "/api/bundle/post", good)
        self.assertGreater(self.sync(self.bo, "post")[-2]["received"]["transactions"], 0)
        self.assertEqual(self.bo.command("plan/show", plan)["result"]["notes"][0]["fields"]["text"], "kom med filen")

    def test_locking_ends_a_meeting(self):
        self.join()
        plan = self.plan(self.anna)
        self.anna.command("consent/give", plan, to="alla", sections="plan,person", form="written")
        events = []
        with open(self.dir / "mapp" / "samplan.lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            thread = threading.Thread(target=lambda: events.extend(self.sync(self.anna)))
            thread.start()
            while not self.anna.ok("GET", "/api/state")["sync"]["running"]:
                time.sleep(0.01)
            self.assertFalse(self.anna.ok("POST", "/api/lock")["unlocked"])
        thread.join()
        self.assertTrue(events[-1]["cancelled"])

    def test_whoever_goes_away_does_not_end_it(self):
        self.join()
        plan = self.plan(self.anna)
        self.sync(self.anna)
        with socket.create_connection(("127.0.0.1", self.webs[0].port), timeout=30) as there:
            headers = self.anna.headers() | {"Content-Type": "application/json", "Content-Length": "2"}
            there.sendall(f"POST /api/sync HTTP/1.1\r\nHost: 127.0.0.1:{self.webs[0].port}\r\n".encode()
                          + "".join(f"{k}: {v}\r\n" for k, v in headers.items()).encode() + b"\r\n{}")
        while self.anna.ok("GET", "/api/state")["sync"]["running"]:
            time.sleep(0.05)
        self.assertEqual(self.anna.command("plan/show", plan)["result"]["id"], plan)


class Drafts(Case):
    def test_they_survive_reload_lock_kill_and_rebuild(self):
        web, page = self.opened()
        draft = {"text": "En början på något långt", "öppen": [1, None, True]}
        page.ok("PUT", "/api/drafts/activity.new:1", draft)
        page.ok("POST", "/api/lock")
        self.assertEqual(page.ask("GET", "/api/drafts").status, 423)
        web.kill()
        web = self.serve()
        page = web.unlocked(PASS)
        self.assertEqual([d["key"] for d in page.ok("GET", "/api/drafts")], ["activity.new:1"])
        self.assertEqual(page.ok("GET", "/api/drafts/activity.new:1")["draft"], draft)
        self.site.ask("rebuild")
        self.assertEqual(page.ok("GET", "/api/drafts/activity.new:1")["draft"], draft)
        page.ok("DELETE", "/api/drafts/activity.new:1")
        page.ok("DELETE", "/api/drafts/activity.new:1")
        self.assertEqual(page.ask("GET", "/api/drafts/activity.new:1").status, 404)
        self.assertEqual(page.ok("GET", "/api/drafts"), [])

    def test_they_are_not_in_the_clear(self):
        web, page = self.opened()
        page.ok("PUT", "/api/drafts/x", "hemlighetsfull formulering")
        for file in self.site.home.rglob("*"):
            if file.is_file():
                self.assertNotIn(b"hemlighetsfull", file.read_bytes(), file)

    def test_they_never_travel_and_are_no_content(self):
        web, page = self.opened()
        before = page.command("digest")
        page.ok("PUT", "/api/drafts/x", {"a": 1})
        self.assertEqual(page.command("digest"), before)
        self.assertEqual(page.ok("GET", "/api/state")["unsealed"], 0)

    def test_bounds(self):
        web, page = self.opened()
        for key in ("a" * 101, "a b", "a/b", "%61", "å".encode().hex() + "%c3", "a%00"):
            self.assertIn(page.ask("PUT", f"/api/drafts/{key.replace(' ', '%20')}", {}).status, (404, 422), key)
        self.assertEqual(page.ask("PUT", "/api/drafts/x", "a" * 70000).status, 413)
        self.assertEqual(page.ask("PUT", "/api/drafts/x", b"{", type="application/json").status, 400)
        for n in range(200):
            page.ok("PUT", f"/api/drafts/{n}", n)
        reply = page.ask("PUT", "/api/drafts/more", 1)
        self.assertEqual((reply.status, reply.error["code"]), (422, "limit"))
        page.ok("PUT", "/api/drafts/7", "again")
        self.assertEqual(page.ok("GET", "/api/drafts")[0]["key"], "7")


class Paper(Case):
    def test_a_plan_is_printed_in_a_window_of_its_own(self):
        web, page = self.opened()
        plan = self.plan(page, "<script>alert(1)</script><style>")
        address = page.ok("POST", f"/api/print/{plan}")["address"]
        reply = web.ask("GET", address, headers={"Cookie": page.cookie, "Sec-Fetch-Site": "same-origin"})
        text = reply.body.decode()
        self.assertEqual(reply.status, 200)
        self.assertNotIn("<script", text)
        self.assertNotIn("unsafe", text + reply.headers["Content-Security-Policy"])
        nonce = re.search(r'<style nonce="([0-9a-f]{64})">', text).group(1)
        self.assertIn(f"style-src 'nonce-{nonce}'", reply.headers["Content-Security-Policy"])
        self.assertEqual(web.ask("GET", address).status, 403)
        self.assertEqual(web.ask("GET", "/print/" + "0" * 64, headers={"Cookie": page.cookie}).status, 404)
        self.assertEqual(web.ask("GET", address, headers={"Cookie": page.cookie, "Sec-Fetch-Site": "cross-site"}).status, 403)
        page.ok("POST", "/api/lock")
        self.assertEqual(web.ask("GET", address, headers={"Cookie": page.cookie}).status, 423)

    def test_what_cannot_be_printed(self):
        web, page = self.opened()
        self.assertEqual(page.ask("POST", "/api/print/x").status, 422)
        self.assertEqual(page.ask("POST", "/api/print/01890a5d-ac96-774b-bcce-b302099a8057").status, 404)

    def test_a_spreadsheet_comes_in(self):
        web, page = self.opened()
        body = {"args": ["f"], "options": {"as": "insatser", "dry-run": True, "map": "m"},
                "files": {"f": "Vad,owner\nFontänhuset,Hässleholms kommun\nVägen ut,Hässleholms kommun\n",
                          "m": "Vad = insats.name\n"}}
        told = page.ok("POST", "/api/import", body)["result"]
        self.assertEqual((told["dry_run"], told["new"], told["refused"]), (True, 2, []))
        self.assertEqual(page.command("insats/list")["result"], [])
        del body["options"]["dry-run"]
        page.ok("POST", "/api/import", body)
        self.assertEqual(len(page.command("insats/list")["result"]), told["new"])

    def test_no_file_of_the_machine_is_imported(self):
        web, page = self.opened()
        mine = self.dir / "mine.csv"
        mine.write_text("Namn\nhemlig")
        for args, options in (([str(mine)], {}), (["-"], {}), (["f"], {"map": str(mine)})):
            reply = page.ask("POST", "/api/import", {"args": args, "options": options | {"as": "insatser"},
                                                     "files": {"f": "Namn\nx"}})
            self.assertEqual((reply.status, reply.error["code"]), (403, "refused"))
        reply = page.ask("POST", "/api/c/plan/list", {"files": {"f": "x"}})
        self.assertEqual(reply.status, 400)


class Processes(Case):
    def test_one_server_for_a_home(self):
        web, page = self.opened()
        told = self.site.ask("web", "--no-browser")["address"]
        self.assertTrue(told.startswith(f"http://127.0.0.1:{web.port}/#ticket="))
        self.assertNotEqual(told.split("=")[1], web.ticket)

    def test_it_leaves_nothing_behind(self):
        web, page = self.opened()
        self.assertEqual(os.stat(self.site.home / "web.address").st_mode & 0o777, 0o600)
        web.stop()
        self.assertFalse((self.site.home / "web.address").exists())
        self.serve()

    def test_a_port_that_is_taken(self):
        web = self.founded()
        other = lib.Site(self.dir / "bo", PASS)
        answer = other.run("web", "--no-browser", "--port", web.port)
        self.assertEqual((answer.code, answer.error["code"]), (lib.STORAGE, "transport"))

    def test_wrong_usage(self):
        for options in (("--port", "x"), ("--port", "70000"), ("--idle", "0"), ("--port", "-1"), ("x",)):
            self.assertEqual(self.site.run("web", "--no-browser", *options).code, lib.USAGE, options)

    def test_before_there_is_a_home(self):
        web = self.serve()
        page = web.enter()
        self.assertEqual(page.ok("GET", "/api/state")["stage"], "none")
        self.assertEqual(page.ask("POST", "/api/unlock", {"passphrase": PASS}).status, 404)


if __name__ == "__main__":
    unittest.main()
