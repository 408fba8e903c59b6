"""A samplan web of its own process, and a client that asks it as a browser's page would: for tests/web."""
import http.client
import json
import signal
import socket
import subprocess

import lib_samplan as lib

TIMEOUT_S = 60


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        try:
            return json.loads(self.body)
        except ValueError as why:
            raise lib.Unexpected(f"not JSON ({why}): {self}") from None

    @property
    def error(self):
        return self.json["error"]

    def __str__(self):
        return f"{self.status} {dict(self.headers)} {self.body[:1000]!r}"


class Web:
    """One running server. With a `with`, it is ended by SIGTERM, and must end cleanly."""

    def __init__(self, site, *options):
        self.site = site
        command = site.command("web", "--no-browser", *options)
        environment = site.environment()
        environment.pop("SAMPLAN_PASSPHRASE_FILE")
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, encoding="utf-8")
        line = self.process.stdout.readline()
        if not line:
            raise lib.Unexpected(f"samplan web did not start: {self.process.communicate()[1]}")
        self.address, self.ticket = json.loads(line)["address"].split("/#ticket=")
        self.port = int(self.address.rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.stop(quietly=kind is not None)

    def stop(self, quietly=False):
        if self.process.stdout.closed:
            return  # ended before
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        _, err = self.process.communicate(timeout=TIMEOUT_S)
        if not quietly and self.process.returncode != 0:
            raise lib.Unexpected(f"samplan web ended with {self.process.returncode}: {err}")

    def kill(self):
        self.process.kill()
        self.process.communicate(timeout=TIMEOUT_S)

    def ask(self, method, path, body=None, headers=None, host=None):
        """One request on a connection of its own. headers with the value None are left out."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            sent = {"Host": host or f"127.0.0.1:{self.port}"} | (headers or {})
            if body is not None and "Transfer-Encoding" not in sent:
                sent.setdefault("Content-Length", str(len(body)))
            for name, value in sent.items():
                if value is not None:
                    connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            return Reply(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def raw(self, text, timeout=TIMEOUT_S):
        """Bytes as they are; gives all that comes back."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as there:
            there.sendall(text)
            out = b""
            while True:
                try:
                    block = there.recv(65536)
                except ConnectionResetError:
                    return out
                if not block:
                    return out
                out += block

    def fresh_ticket(self):
        """As a second `samplan web` gets it."""
        return self.site.ask("web", "--no-browser")["address"].split("/#ticket=")[1]

    def enter(self, ticket=None):
        reply = self.ask("POST", "/api/enter", json.dumps({"ticket": ticket or self.ticket}).encode(),
                         {"Content-Type": "application/json"})
        if reply.status != 200:
            raise lib.Unexpected(f"not let in: {reply}")
        return Page(self, reply.headers["Set-Cookie"].split(";")[0], reply.json["token"])

    def unlocked(self, passphrase):
        page = self.enter()
        page.ok("POST", "/api/unlock", {"passphrase": passphrase})
        return page


class Page:
    """What is let in: sends the cookie and the token."""

    def __init__(self, web, cookie, token, language="en"):
        self.web, self.cookie, self.token, self.language = web, cookie, token, language

    def headers(self):
        return {"Cookie": self.cookie, "X-Samplan-Token": self.token, "Accept-Language": self.language,
                "Origin": self.web.address, "Sec-Fetch-Site": "same-origin"}

    def ask(self, method, path, body=None, headers=None, type=None):
        sent = self.headers()
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        elif body is not None:
            sent["Content-Type"] = type or "application/octet-stream"
        elif method in ("POST", "PUT"):
            sent["Content-Length"] = "0"
        return self.web.ask(method, path, body, sent | (headers or {}))

    def ok(self, method, path, body=None, **more):
        reply = self.ask(method, path, body, **more)
        if reply.status != 200:
            raise lib.Unexpected(f"{method} {path}: {reply}")
        return reply.json if reply.headers.get("Content-Type", "").startswith("application/json") else reply

    def command(self, words, *args, **options):
        """{"result", "look"} of a command."""
        return self.ok("POST", "/api/c/" + words, {"args": list(args), "options": options})

    def fails(self, status, words, *args, **options):
        reply = self.ask("POST", "/api/c/" + words, {"args": list(args), "options": options})
        if reply.status != status:
            raise lib.Unexpected(f"{words}: expected {status}, got {reply}")
        return reply.error
