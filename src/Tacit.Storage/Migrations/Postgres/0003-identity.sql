-- Invitations end, and people have tokens: of both there are only hashes.
ALTER TABLE participants ADD COLUMN invite_ends_us BIGINT;

CREATE TABLE tokens (
    hash        TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    role        BIGINT NOT NULL CHECK (role IN (2, 4, 8)),
    created_us  BIGINT NOT NULL,
    ends_us     BIGINT NOT NULL,
    revoked_us  BIGINT
);
