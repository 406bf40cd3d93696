-- What the coordinator saw of a round, for people: also of rounds that never began. Never changed.
CREATE TABLE round_reports (
    job       TEXT NOT NULL REFERENCES jobs (id),
    number    BIGINT NOT NULL CHECK (number >= 1),
    report    TEXT NOT NULL,
    saved_us  BIGINT NOT NULL,
    PRIMARY KEY (job, number)
);

CREATE TRIGGER round_reports_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON round_reports FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
