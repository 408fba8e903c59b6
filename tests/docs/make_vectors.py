#!/usr/bin/env python3
"""Makes tests/vectors/log with the program: a small förbund of three sites, once. Keys and ids are random, so that each run makes
another one; what is stored is one instance, and tests/cli/test_record_format.py reads it.

    tests/docs/make_vectors.py --replace     $SAMPLAN and $PEEK name the program and tests/peek.c, built; needs
                                             libsodium.so for the device.key
"""
import ctypes
import ctypes.util
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests"))
import lib_peek  # noqa: E402
from lib_samplan import Site, enrol, git, meet  # noqa: E402

TARGET = TOP / "tests" / "vectors" / "log"
PLACE = "plats"
LONG = "Målet är studier på folkhögskola från och med hösten, med stöd av kommunen och en kontakt på vårdcentralen. " * 2


def sync_all(*sites):
    meet(sites, PLACE)


def tell_story(top):
    """The sites, and the files that brought the last one in."""
    a, b, c = (Site(top / name, f"lösen för {name}") for name in ("kommun", "af", "region"))
    # Two parties must stand behind the third: so that there is an approval.
    a.ask("found", "--forbund", "Vektorförbundet", "--party", "Provkommunen", "--kind", "kommun", "--person",
          "Handläggare Ett", "--quorum", "2", "--passphrase-cost", "cheap")
    enrol(a, b, "Provarbetsförmedlingen", "af", "Handläggare Två")
    for site in (a, b):
        site.ask("remote", "add", PLACE, top / PLACE)
    sync_all(a, b)
    request, invitation = top / "request.txt", top / "invitation.txt"
    asked = c.ask("enrol", "request", "--party", "Provregionen", "--kind", "region", "--person", "Handläggare Tre",
                  "--role", "administratör", "-o", request, "--passphrase-cost", "cheap")
    first = a.ask("enrol", "approve", request, "-o", top / "none")
    assert not first["complete"], first
    sync_all(a, b)
    approved = b.ask("enrol", "approve", request, "-o", invitation)
    assert approved["complete"], approved
    c.ask("enrol", "accept", invitation)
    c.ask("remote", "add", PLACE, top / PLACE)
    sync_all(b, a, c)

    # one plan, shared; every merge kind and every packed form of a value
    plan = a.ask("plan", "new", "title=Väg till arbete", "person.name=Testperson Ett", "person.number=198501192382",
                 "needs=bostad;språk", "background=Två rader\nbakgrund.", f"aim={LONG}")["id"]
    goal, doomed, disputed = (a.ask("plan", "add", plan, "goal", f"text={text}", "target_date=2027-06-30")["id"]
                              for text in ("Eget arbete", "Tas bort", "Tas bort och ändras"))
    meeting = a.ask("plan", "add", plan, "meeting", "kind=trepartsmöte", "when=2026-09-15T08:00Z", "minutes=Första.")["id"]
    consent = a.ask("consent", "give", plan, "--to", "alla", "--sections", "plan,person")["id"]
    a.ask("consent", "give", plan, "--to", "Provarbetsförmedlingen", "--sections", "plan,person")
    sync_all(a, b, c)

    # apart
    a.ask("plan", "add", plan, "activity", "kind=studier", "from=2026-08-24", "to=2026-12-18", "extent=75%")
    b.ask("plan", "add", plan, "activity", "kind=praktik", "from=2026-09-14", "to=2026-11-06", "extent=30h")
    c.ask("plan", "add", plan, "note", "text=Bara för regionen.", "--topic", "halsa")
    a.ask("plan", "set", plan, "needs-=bostad", "status=aktiv", f"aim={LONG.replace('hösten', 'våren')}")
    b.ask("plan", "set", plan, f"aim={LONG} Och sedan vidare, på ett arbete.")
    b.ask("plan", "set", plan, "needs+=bostad", "needs+=körkort")
    b.ask("plan", "set", goal, "target_date=2027-09-01")
    c.ask("plan", "set", goal, "target_date=2027-12-01")
    a.ask("plan", "set", plan, "title=Samma titel")
    c.ask("plan", "set", plan, "title=Samma titel")
    b.ask("plan", "set", meeting, "minutes=Andra.")
    c.ask("plan", "set", meeting, "minutes=Tredje.")
    a.ask("plan", "remove", doomed)
    a.ask("plan", "remove", disputed)
    b.ask("plan", "set", disputed, "kind=studier")
    sync_all(c, a, b)

    # what is handed out, settled, unset, and shut again
    b.ask("disclose", plan, "--sections", "plan", "--to", "Provkommunen", "--ground", "lagrum för provet")
    b.ask("plan", "set", plan, "background=")
    sync_all(b, a, c)
    a.ask("consent", "withdraw", consent)
    a.ask("plan", "set", plan, "follow_up=2026-10-01")
    lines = [{"op": "new", "type": "goal", "plan": plan, "set": {"text": text}, "tx": "två"} for text in ("Ett", "Två")]
    bulk = top / "bulk.jsonl"
    bulk.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    a.ask("apply", bulk)
    c.ask("plan", "set", plan, "follow_up=2026-11-01")  # has not heard of the withdrawal
    sync_all(a, b, c)
    sync_all(a, b, c)
    return (a, b, c), {"request": asked["words"], "invitation": approved["invitation_words"]}


def held_keys(site):
    rows = lib_peek.rows(site, "SELECT key_id, section_id, key FROM held_key ORDER BY key_id")
    (forbund,), = lib_peek.rows(site, "SELECT value FROM meta WHERE name = 'forbund'")
    return forbund.hex(), [{"key_id": k.hex(), "section_id": s.hex(), "key": key.hex()} for k, s, key in rows]


def device_secrets(file, passphrase):
    """The secrets in a device.key, by libsodium (docs/record-format.md, section 20)."""
    sodium = ctypes.CDLL(ctypes.util.find_library("sodium"))
    memory, passes = (int.from_bytes(file[at:at + 4], "big") for at in (21, 25))
    head, salt, nonce, sealed = file[:69], file[29:45], file[45:69], file[69:]
    key, out = ctypes.create_string_buffer(32), ctypes.create_string_buffer(len(sealed))
    if sodium.crypto_pwhash(key, ctypes.c_ulonglong(32), passphrase, ctypes.c_ulonglong(len(passphrase)), salt,
                            ctypes.c_ulonglong(passes), ctypes.c_size_t(memory * 1024), 2) != 0:
        raise SystemExit("Argon2id failed")
    if sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(out, None, None, sealed, ctypes.c_ulonglong(len(sealed)), head,
                                                         ctypes.c_ulonglong(len(head)), nonce, key) != 0:
        raise SystemExit("device.key does not open")
    plain = out.raw[:len(sealed) - 16]
    count = int.from_bytes(plain[129:133], "big")
    return {"seed": plain[1:33].hex(), "boxes": [plain[133 + 32 * i:165 + 32 * i].hex() for i in range(count)]}


def main():
    if sys.argv[1:] != ["--replace"]:
        raise SystemExit(__doc__)
    top = pathlib.Path(tempfile.mkdtemp(prefix="samplan-vectors-"))
    sites, words = tell_story(top)
    if TARGET.exists():
        shutil.rmtree(TARGET)
    TARGET.mkdir(parents=True)
    git(top / PLACE, "bundle", "create", "--quiet", TARGET / "log.bundle", "--all")
    keys = {"about": "Made by tests/docs/make_vectors.py. A made-up förbund: these keys protect nothing.", "words": words,
            "sites": {}}
    for site in sites:
        keys["forbund"], held = held_keys(site)
        passphrase = site.passphrase_file.read_bytes().removesuffix(b"\n")
        secrets = device_secrets((site.home / "device.key").read_bytes(), passphrase)
        keys["sites"][site.home.name] = {"held": held, "device": secrets, "digest": site.digest()}
        (TARGET / f"dump-{site.home.name}.json").write_text(site.run("dump").out, encoding="utf-8")
    for name in ("request.txt", "invitation.txt"):
        shutil.copyfile(top / name, TARGET / name)
    shutil.copyfile(sites[0].home / "device.key", TARGET / "device.key")
    keys["device_key_passphrase"] = sites[0].passphrase_file.read_text(encoding="utf-8").removesuffix("\n")
    (TARGET / "keys.json").write_text(json.dumps(keys, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    shutil.rmtree(top)
    subprocess.run(["ls", "-l", TARGET], check=True)


if __name__ == "__main__":
    main()
