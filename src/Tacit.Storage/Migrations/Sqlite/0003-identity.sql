-- Invitations end, and people have tokens: of both there are only hashes.
ALTER TABLE participants ADD COLUMN invite_ends_us INTEGER;

CREATE TABLE tokens (
    hash        TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    role        INTEGER NOT NULL CHECK (role IN (2, 4, 8)),
    created_us  INTEGER NOT NULL,
    ends_us     INTEGER NOT NULL,
    revoked_us  INTEGER
);
