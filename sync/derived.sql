-- A pure function of the log and the keys held: rebuild drops all of this and makes it anew. Row numbers are local. A
-- tx is a transaction's number, which says its record and its place there (sync/tx.h).
CREATE TABLE chain(
    id INTEGER PRIMARY KEY,
    chain BLOB NOT NULL UNIQUE,
    sign BLOB NOT NULL,
    cert_chain BLOB NOT NULL, -- the certification that its opening names
    cert_n INTEGER NOT NULL,
    last INTEGER NOT NULL, -- highest transaction number of an accepted record
    hash BLOB,             -- record hash and git name of that record; null: none yet
    oid BLOB,
    -- Where a chain has split (sync/forks.h), the records before stay its own and each branch is a chain under it.
    root INTEGER NOT NULL, -- the chain that its records' headers name
    parent INTEGER,        -- it goes on from the last record of that one; null: a chain of its own
    since INTEGER NOT NULL) STRICT; -- the number of that record's last transaction
CREATE INDEX chain_root ON chain(root);
CREATE INDEX chain_parent ON chain(parent, since) WHERE parent IS NOT NULL;
-- Accepted records, in an order that never puts one before its past. hash is null for the one record still open: the
-- one that the journal's transactions will be sealed into; its last is the number of the one before its first.
CREATE TABLE record(
    seq INTEGER PRIMARY KEY,
    chain INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    time INTEGER NOT NULL,
    hash BLOB UNIQUE,
    oid BLOB UNIQUE,
    vector BLOB NOT NULL) STRICT; -- everything in its past: sync/vector.h
CREATE UNIQUE INDEX record_last ON record(chain, last) WHERE hash IS NOT NULL;
-- Parts of records that are not, or cannot be, opened; all others are done.
CREATE TABLE part(
    record INTEGER NOT NULL,
    place INTEGER NOT NULL,
    key_id BLOB NOT NULL,
    forbund INTEGER NOT NULL,
    state INTEGER NOT NULL, -- enum part_state
    why TEXT NOT NULL,
    PRIMARY KEY(record, place)) STRICT, WITHOUT ROWID;
CREATE INDEX part_waiting ON part(key_id) WHERE state = 1;
CREATE INDEX part_barrier ON part(record) WHERE state = 1 AND forbund = 1;
-- Who (a chain) handed which key to which box. That it is the key indeed only its reader can tell.
CREATE TABLE envelope(
    key_id BLOB NOT NULL,
    box BLOB NOT NULL,
    chain INTEGER NOT NULL,
    PRIMARY KEY(key_id, box, chain)) STRICT, WITHOUT ROWID;

CREATE TABLE section(
    id INTEGER PRIMARY KEY,
    section_id BLOB NOT NULL UNIQUE,
    plan BLOB NOT NULL,
    owner BLOB NOT NULL, -- zeros: shared
    topic TEXT NOT NULL) STRICT;
CREATE INDEX section_plan ON section(plan);
CREATE TABLE epoch(
    id INTEGER PRIMARY KEY,
    key_id BLOB NOT NULL UNIQUE,
    section INTEGER NOT NULL,
    tx INTEGER NOT NULL) STRICT; -- that opened it
CREATE INDEX epoch_section ON epoch(section);
CREATE TABLE epoch_parent(epoch INTEGER NOT NULL, key_id BLOB NOT NULL, PRIMARY KEY(epoch, key_id)) STRICT, WITHOUT ROWID;
CREATE INDEX epoch_child ON epoch_parent(key_id);
CREATE TABLE epoch_past(epoch INTEGER NOT NULL, past INTEGER NOT NULL, PRIMARY KEY(epoch, past)) STRICT, WITHOUT ROWID;
CREATE INDEX epoch_successor ON epoch_past(past);
-- Recipients: those an opening names (opening 1) and those admitted later (opening 0).
CREATE TABLE epoch_grant(
    epoch INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    grantee BLOB NOT NULL,
    tx INTEGER NOT NULL,
    tx_record INTEGER AS (tx >> 16),
    writes INTEGER NOT NULL,
    opening INTEGER NOT NULL,
    ground TEXT NOT NULL,
    PRIMARY KEY(epoch, kind, grantee, tx)) STRICT, WITHOUT ROWID;

-- The same saves, sealed twice by a device and its copy: of this epoch, up to a number (sync/twins.h).
CREATE TABLE twin(
    epoch INTEGER NOT NULL,
    chain INTEGER NOT NULL,
    other INTEGER NOT NULL,
    upto INTEGER NOT NULL,
    PRIMARY KEY(epoch, chain, other)) STRICT, WITHOUT ROWID;
CREATE TABLE object(
    id INTEGER PRIMARY KEY,
    section INTEGER NOT NULL,
    uuid BLOB NOT NULL,
    type INTEGER,                        -- null: what makes it has not been read
    life INTEGER NOT NULL DEFAULT 0,     -- enum object_life
    removals INTEGER NOT NULL DEFAULT 0, -- accepted removals, so that most objects never compute life
    UNIQUE(section, uuid)) STRICT;
CREATE INDEX object_uuid ON object(uuid);
CREATE INDEX object_type ON object(type);
CREATE INDEX object_disputed ON object(id) WHERE life = 2;
CREATE TABLE op(
    id INTEGER PRIMARY KEY,
    tx INTEGER NOT NULL,
    tx_record INTEGER AS (tx >> 16),
    tx_place INTEGER AS (tx & 65535),
    epoch INTEGER, -- null: its opening was refused
    object INTEGER,
    code INTEGER NOT NULL,
    field INTEGER NOT NULL, -- of OP_NEW: the type
    value TEXT,
    clock_ms INTEGER NOT NULL, -- the transaction's, as this section's part has it
    state INTEGER NOT NULL, -- enum op_state
    why TEXT) STRICT;
CREATE INDEX op_names ON op(value) WHERE length(value) = 36; -- a UUID: of what and whom is named, people ask by whom
CREATE INDEX op_epoch ON op(epoch) WHERE object IS NULL;
CREATE INDEX op_refused ON op(state) WHERE state <> 0;
-- All operations on an object, those first that are no heads. Heads are, of registers and texts, the operations that no
-- other has in its past; of sets the standing additions; of entries all.
CREATE TABLE object_op(
    object INTEGER NOT NULL,
    head INTEGER NOT NULL, -- 1: it is one
    field INTEGER NOT NULL, -- as in op
    op INTEGER NOT NULL,
    PRIMARY KEY(object, head, field, op)) STRICT, WITHOUT ROWID;
CREATE TABLE conflict(object INTEGER NOT NULL, field INTEGER NOT NULL, PRIMARY KEY(object, field)) STRICT, WITHOUT ROWID;

-- Where a bookmark (sync/bookmark.h) stands beyond what has not been read: a rebuild was in between.
CREATE TABLE unread(bookmark TEXT NOT NULL, op INTEGER NOT NULL, PRIMARY KEY(bookmark, op)) STRICT, WITHOUT ROWID;
-- What app keeps of what it has worked out (sync/memo.h).
CREATE TABLE memo(
    kind TEXT NOT NULL,
    key BLOB NOT NULL,
    day_from INTEGER NOT NULL,
    day_to INTEGER NOT NULL,
    rests_on BLOB NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY(kind, key)) STRICT;
CREATE INDEX memo_from ON memo(kind, day_from, key);
CREATE INDEX memo_to ON memo(kind, day_to, key);

CREATE TABLE forbund(name TEXT NOT NULL, quorum INTEGER NOT NULL) STRICT;
CREATE TABLE admission(party BLOB NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, tx INTEGER NOT NULL, PRIMARY KEY(party, tx)) STRICT, WITHOUT ROWID;
-- Of the admissions, what names the party: founded with the förbund, or bound by its id.
CREATE TABLE party(uuid BLOB PRIMARY KEY NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE approval(
    party BLOB NOT NULL,
    by_party BLOB NOT NULL,
    tx INTEGER NOT NULL,
    tx_record INTEGER AS (tx >> 16),
    tx_place INTEGER AS (tx & 65535),
    PRIMARY KEY(party, by_party, tx)) STRICT, WITHOUT ROWID;
CREATE TABLE certification(
    sign BLOB NOT NULL,
    box BLOB NOT NULL,
    meeting BLOB NOT NULL,
    member BLOB NOT NULL,
    party BLOB NOT NULL,
    role TEXT NOT NULL,
    name TEXT NOT NULL,
    tx INTEGER NOT NULL,
    tx_record INTEGER AS (tx >> 16),
    tx_place INTEGER AS (tx & 65535),
    PRIMARY KEY(sign, tx)) STRICT, WITHOUT ROWID;
CREATE INDEX certification_member ON certification(member);
-- Whose a chain is: the certification that its device accepted.
CREATE VIEW signer AS
    SELECT h.id AS chain, c.sign, c.member, c.party, c.role, c.name, c.tx, c.tx_record,
           (SELECT p.name FROM party p WHERE p.uuid = c.party) AS party_name
    FROM chain h JOIN chain n ON n.chain = h.cert_chain JOIN chain k ON k.root = n.root
    JOIN certification c ON c.sign = h.sign
    JOIN record r ON r.seq = c.tx_record AND r.chain = k.id AND r.first + c.tx_place = h.cert_n;
