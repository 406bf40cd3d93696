-- Times are microseconds since 1970 in UTC, given by the program. Flags and states are text or bits as docs/storage.md says.

-- Who may write, and the end of the audit chain. One row, read and written by every change.
CREATE TABLE head (
    id           BIGINT PRIMARY KEY CHECK (id = 1),
    epoch        BIGINT NOT NULL,
    owner        TEXT NOT NULL,
    audit_index  BIGINT NOT NULL,
    audit_hash   TEXT NOT NULL
);
INSERT INTO head (id, epoch, owner, audit_index, audit_hash)
VALUES (1, 0, '', 0, '0000000000000000000000000000000000000000000000000000000000000000');

CREATE TABLE audit (
    entry     BIGINT PRIMARY KEY,
    event_id  TEXT UNIQUE,
    at_us     BIGINT NOT NULL,
    epoch     BIGINT NOT NULL,
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
    roles        BIGINT NOT NULL CHECK (roles BETWEEN 1 AND 15),
    invite_hash  TEXT UNIQUE,
    created_us   BIGINT NOT NULL,
    changed_us   BIGINT NOT NULL
);

CREATE TABLE participant_keys (
    name         TEXT NOT NULL REFERENCES participants (name),
    generation   BIGINT NOT NULL CHECK (generation >= 1),
    public_key   BYTEA NOT NULL UNIQUE,
    created_us   BIGINT NOT NULL,
    PRIMARY KEY (name, generation)
);

CREATE TABLE jobs (
    id          TEXT PRIMARY KEY,
    plan        TEXT NOT NULL,
    plan_hash   TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('planned', 'running', 'stopped', 'finished', 'failed')),
    reason      TEXT NOT NULL,
    created_us  BIGINT NOT NULL,
    changed_us  BIGINT NOT NULL
);

CREATE TABLE rounds (
    job              TEXT NOT NULL REFERENCES jobs (id),
    number           BIGINT NOT NULL CHECK (number >= 1),
    round_id         TEXT NOT NULL UNIQUE,
    terms            BYTEA NOT NULL,
    state            TEXT NOT NULL CHECK (state IN ('running', 'completed', 'aborted')),
    reason           TEXT NOT NULL,
    survivors        TEXT NOT NULL,
    transcript_root  TEXT NOT NULL,
    started_us       BIGINT NOT NULL,
    ended_us         BIGINT,
    PRIMARY KEY (job, number)
);

CREATE TABLE phases (
    job        TEXT NOT NULL,
    number     BIGINT NOT NULL,
    ordinal    BIGINT NOT NULL CHECK (ordinal >= 0),
    name       TEXT NOT NULL,
    body       BYTEA NOT NULL,
    opened_us  BIGINT NOT NULL,
    closed_us  BIGINT NOT NULL,
    PRIMARY KEY (job, number, ordinal),
    FOREIGN KEY (job, number) REFERENCES rounds (job, number)
);

CREATE TABLE checkpoints (
    job        TEXT NOT NULL REFERENCES jobs (id),
    number     BIGINT NOT NULL CHECK (number >= 0),
    hash       TEXT NOT NULL,
    bytes      BIGINT NOT NULL,
    model      BYTEA,
    saved_us   BIGINT NOT NULL,
    PRIMARY KEY (job, number)
);

CREATE TABLE receipts (
    job          TEXT NOT NULL,
    number       BIGINT NOT NULL,
    participant  TEXT NOT NULL,
    hash         TEXT NOT NULL,
    receipt      BYTEA NOT NULL,
    saved_us     BIGINT NOT NULL,
    PRIMARY KEY (job, number, participant),
    FOREIGN KEY (job, number) REFERENCES rounds (job, number)
);

CREATE TABLE ledger (
    name      TEXT NOT NULL,
    entry     BIGINT NOT NULL CHECK (entry >= 1),
    line      TEXT NOT NULL,
    saved_us  BIGINT NOT NULL,
    PRIMARY KEY (name, entry)
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;

CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER receipts_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON receipts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER phases_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON phases FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER participant_keys_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON participant_keys FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
