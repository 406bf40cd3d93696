-- Times are microseconds since 1970 in UTC, given by the program. Flags and states are text or bits as docs/storage.md says.

-- Who may write, and the end of the audit chain. One row, read and written by every change.
CREATE TABLE head (
    id           INTEGER PRIMARY KEY CHECK (id = 1),
    epoch        INTEGER NOT NULL,
    owner        TEXT NOT NULL,
    audit_index  INTEGER NOT NULL,
    audit_hash   TEXT NOT NULL
);
INSERT INTO head (id, epoch, owner, audit_index, audit_hash)
VALUES (1, 0, '', 0, '0000000000000000000000000000000000000000000000000000000000000000');

CREATE TABLE audit (
    entry     INTEGER PRIMARY KEY,
    event_id  TEXT UNIQUE,
    at_us     INTEGER NOT NULL,
    epoch     INTEGER NOT NULL,
    actor     TEXT NOT NULL,
    action    TEXT NOT NULL,
    subject   TEXT NOT NULL,
    detail    TEXT NOT NULL,
    previous  TEXT NOT NULL,
    hash      TEXT NOT NULL UNIQUE
);

CREATE TABLE participants (
    name         TEXT PRIMARY KEY,
    state        TEXT NOT NULL CHECK (state IN ('invited', 'waiting', 'approved', 'revoked')),
    roles        INTEGER NOT NULL CHECK (roles BETWEEN 1 AND 15),
    invite_hash  TEXT UNIQUE,
    created_us   INTEGER NOT NULL,
    changed_us   INTEGER NOT NULL
);

CREATE TABLE participant_keys (
    name         TEXT NOT NULL REFERENCES participants (name),
    generation   INTEGER NOT NULL CHECK (generation >= 1),
    public_key   BLOB NOT NULL UNIQUE,
    created_us   INTEGER NOT NULL,
    PRIMARY KEY (name, generation)
);

CREATE TABLE jobs (
    id          TEXT PRIMARY KEY,
    plan        TEXT NOT NULL,
    plan_hash   TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('planned', 'running', 'stopped', 'finished', 'failed')),
    reason      TEXT NOT NULL,
    created_us  INTEGER NOT NULL,
    changed_us  INTEGER NOT NULL
);

CREATE TABLE rounds (
    job              TEXT NOT NULL REFERENCES jobs (id),
    number           INTEGER NOT NULL CHECK (number >= 1),
    round_id         TEXT NOT NULL UNIQUE,
    terms            BLOB NOT NULL,
    state            TEXT NOT NULL CHECK (state IN ('running', 'completed', 'aborted')),
    reason           TEXT NOT NULL,
    survivors        TEXT NOT NULL,
    transcript_root  TEXT NOT NULL,
    started_us       INTEGER NOT NULL,
    ended_us         INTEGER,
    PRIMARY KEY (job, number)
);

CREATE TABLE phases (
    job        TEXT NOT NULL,
    number     INTEGER NOT NULL,
    ordinal    INTEGER NOT NULL CHECK (ordinal >= 0),
    name       TEXT NOT NULL,
    body       BLOB NOT NULL,
    opened_us  INTEGER NOT NULL,
    closed_us  INTEGER NOT NULL,
    PRIMARY KEY (job, number, ordinal),
    FOREIGN KEY (job, number) REFERENCES rounds (job, number)
);

CREATE TABLE checkpoints (
    job        TEXT NOT NULL REFERENCES jobs (id),
    number     INTEGER NOT NULL CHECK (number >= 0),
    hash       TEXT NOT NULL,
    bytes      INTEGER NOT NULL,
    model      BLOB,
    saved_us   INTEGER NOT NULL,
    PRIMARY KEY (job, number)
);

CREATE TABLE receipts (
    job          TEXT NOT NULL,
    number       INTEGER NOT NULL,
    participant  TEXT NOT NULL,
    hash         TEXT NOT NULL,
    receipt      BLOB NOT NULL,
    saved_us     INTEGER NOT NULL,
    PRIMARY KEY (job, number, participant),
    FOREIGN KEY (job, number) REFERENCES rounds (job, number)
);

CREATE TABLE ledger (
    name      TEXT NOT NULL,
    entry     INTEGER NOT NULL CHECK (entry >= 1),
    line      TEXT NOT NULL,
    saved_us  INTEGER NOT NULL,
    PRIMARY KEY (name, entry)
);

CREATE TRIGGER audit_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER ledger_update BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'ledger is append-only'); END;
CREATE TRIGGER ledger_delete BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'ledger is append-only'); END;
CREATE TRIGGER receipts_update BEFORE UPDATE ON receipts BEGIN SELECT RAISE(ABORT, 'receipts is append-only'); END;
CREATE TRIGGER receipts_delete BEFORE DELETE ON receipts BEGIN SELECT RAISE(ABORT, 'receipts is append-only'); END;
CREATE TRIGGER phases_update BEFORE UPDATE ON phases BEGIN SELECT RAISE(ABORT, 'phases is append-only'); END;
CREATE TRIGGER phases_delete BEFORE DELETE ON phases BEGIN SELECT RAISE(ABORT, 'phases is append-only'); END;
CREATE TRIGGER participant_keys_update BEFORE UPDATE ON participant_keys BEGIN SELECT RAISE(ABORT, 'participant_keys is append-only'); END;
CREATE TRIGGER participant_keys_delete BEFORE DELETE ON participant_keys BEGIN SELECT RAISE(ABORT, 'participant_keys is append-only'); END;
