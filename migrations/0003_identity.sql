-- What proves who someone is, and what keeps others from guessing it: one-time codes, and counters
-- of attempts that every node and every restart shares. No operations, and no personal values.

-- One live code per subject: a new one takes the place of the old.
CREATE TABLE one_time_codes (
    kind TEXT NOT NULL CHECK (kind IN ('sign_in', 'address', 'answer')),
    -- A request's id, or a keyed hash of the address (and person) that it is for.
    subject TEXT NOT NULL,
    -- A keyed hash of the cookie of the browser that asked; answers are read out, and have none.
    browser_hash TEXT,
    code_hash TEXT NOT NULL,
    tries_left BIGINT NOT NULL CHECK (tries_left >= 0),
    expires_at_ms BIGINT NOT NULL,
    PRIMARY KEY (kind, subject),
    CHECK ((kind = 'answer') = (browser_hash IS NULL))
);

-- How often something was tried, since when, and until when it may not be tried again.
CREATE TABLE attempts (
    kind TEXT NOT NULL,
    -- An id, or a keyed hash of an address.
    subject TEXT NOT NULL,
    n BIGINT NOT NULL CHECK (n > 0),
    since_ms BIGINT NOT NULL,
    locked_until_ms BIGINT,
    PRIMARY KEY (kind, subject)
);
CREATE INDEX attempts_by_age ON attempts (since_ms);

-- Apart from staff, so that no feed can come to hold a hash.
CREATE TABLE staff_pins (
    staff_id UUID PRIMARY KEY REFERENCES staff (id),
    business_id UUID NOT NULL REFERENCES businesses (id),
    hash TEXT NOT NULL,
    set_at_ms BIGINT NOT NULL
);

-- What a till proves itself with; it changes at each call for a token.
CREATE TABLE device_credentials (
    device_id UUID PRIMARY KEY REFERENCES devices (id),
    current_hash TEXT NOT NULL,
    -- Accepted until the new one has been used, for the answer that got lost.
    previous_hash TEXT,
    used_at_ms BIGINT NOT NULL
);

-- How a till joins: the first letters of the code name the invitation, so that wrong tries can be
-- counted against it.
CREATE TABLE invitations (
    tag TEXT PRIMARY KEY,
    business_id UUID NOT NULL REFERENCES businesses (id),
    -- A till that is to be paired anew.
    device_id UUID REFERENCES devices (id),
    staff_id UUID NOT NULL REFERENCES staff (id),
    code_hash TEXT NOT NULL,
    tries_left BIGINT NOT NULL CHECK (tries_left >= 0),
    expires_at_ms BIGINT NOT NULL
);
