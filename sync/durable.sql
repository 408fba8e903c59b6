-- What cannot be made anew from the log: never dropped by rebuild, and what a backup is for.
CREATE TABLE meta(name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
-- Section keys, by the id that commits to them. Erasure destroys them here.
CREATE TABLE held_key(
    key_id BLOB PRIMARY KEY,
    section_id BLOB NOT NULL,
    key BLOB NOT NULL) STRICT, WITHOUT ROWID;
-- Saves not yet sealed into a record: one row per transaction and epoch, as the bytes of sync/part.h without padding.
CREATE TABLE journal(
    n INTEGER NOT NULL,
    key_id BLOB NOT NULL,
    clock_ms INTEGER NOT NULL,
    ops INTEGER NOT NULL, -- how many
    spliced INTEGER NOT NULL, -- bytes of text that its edits of texts make
    body BLOB NOT NULL,
    PRIMARY KEY(n, key_id)) STRICT, WITHOUT ROWID;
-- What a person has half written. It never travels.
CREATE TABLE draft(name TEXT PRIMARY KEY, saved INTEGER NOT NULL, body BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE remote(name TEXT PRIMARY KEY, url TEXT NOT NULL) STRICT, WITHOUT ROWID;
-- Records that were offered and not taken in, so that verify can tell. They are not in the log.
CREATE TABLE rejected(
    chain BLOB NOT NULL,
    hash BLOB NOT NULL,
    verdict TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY(chain, hash, verdict)) STRICT, WITHOUT ROWID;
