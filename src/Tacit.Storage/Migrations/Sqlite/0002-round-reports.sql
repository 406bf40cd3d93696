-- What the coordinator saw of a round, for people: also of rounds that never began. Never changed.
CREATE TABLE round_reports (
    job       TEXT NOT NULL REFERENCES jobs (id),
    number    INTEGER NOT NULL CHECK (number >= 1),
    report    TEXT NOT NULL,
    saved_us  INTEGER NOT NULL,
    PRIMARY KEY (job, number)
);

CREATE TRIGGER round_reports_update BEFORE UPDATE ON round_reports BEGIN SELECT RAISE(ABORT, 'round_reports is append-only'); END;
CREATE TRIGGER round_reports_delete BEFORE DELETE ON round_reports BEGIN SELECT RAISE(ABORT, 'round_reports is append-only'); END;
