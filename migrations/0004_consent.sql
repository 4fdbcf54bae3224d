-- A request is answered without an account too, by a link that went to the person's address; only a
-- hash of it is here, so that nobody who reads the database can answer for anybody.

CREATE TABLE request_links (
    hash TEXT PRIMARY KEY,
    request_id UUID NOT NULL REFERENCES approval_requests (id),
    expires_at_ms BIGINT NOT NULL
);
CREATE INDEX request_links_by_age ON request_links (expires_at_ms);
