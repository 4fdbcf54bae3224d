-- The whole of a first loyalty loop: who is who, what was asked and answered, the points ledger,
-- what people were told, and the feed that carries it all to tills and pages.

CREATE TABLE users (
    id UUID PRIMARY KEY,
    name TEXT,
    phone TEXT,
    phone_verified BIGINT NOT NULL CHECK (phone_verified IN (0, 1)),
    email TEXT,
    email_verified BIGINT NOT NULL CHECK (email_verified IN (0, 1)),
    language TEXT NOT NULL CHECK (language IN ('en', 'sw')),
    password_hash TEXT,
    created_at_ms BIGINT NOT NULL,
    CHECK (phone IS NOT NULL OR phone_verified = 0),
    CHECK (email IS NOT NULL OR email_verified = 0)
);
-- A proven address is one person's; unproven ones anybody may claim.
CREATE UNIQUE INDEX users_by_phone ON users (phone) WHERE phone_verified = 1;
CREATE UNIQUE INDEX users_by_email ON users (email) WHERE email_verified = 1;
CREATE INDEX users_claiming_phone ON users (phone);
CREATE INDEX users_claiming_email ON users (email);

CREATE TABLE sessions (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id),
    refresh_hash TEXT NOT NULL,
    -- Accepted until the new one has been used, for the answer that got lost.
    previous_hash TEXT,
    -- The browser, as far as it says.
    label TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    used_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    revoked_at_ms BIGINT
);
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE businesses (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL,
    country TEXT NOT NULL CHECK (LENGTH(country) = 2),
    currency TEXT NOT NULL CHECK (LENGTH(currency) = 3),
    language TEXT NOT NULL CHECK (language IN ('en', 'sw')),
    -- What the business decided for itself, as JSON.
    settings TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
);

CREATE TABLE staff (
    id UUID PRIMARY KEY,
    business_id UUID NOT NULL REFERENCES businesses (id),
    user_id UUID NOT NULL REFERENCES users (id),
    role TEXT NOT NULL CHECK (role IN ('owner', 'manager', 'cashier')),
    created_at_ms BIGINT NOT NULL,
    -- Until the person has joined, user_id is an account that the shop made.
    joined_at_ms BIGINT,
    -- The row stays: entries name who made them.
    removed_at_ms BIGINT
);
CREATE INDEX staff_by_user ON staff (user_id);
CREATE INDEX staff_by_business ON staff (business_id);
CREATE UNIQUE INDEX staff_one_place ON staff (business_id, user_id) WHERE removed_at_ms IS NULL;

CREATE TABLE devices (
    id UUID PRIMARY KEY,
    business_id UUID NOT NULL REFERENCES businesses (id),
    name TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    revoked_at_ms BIGINT,
    -- A copy of it was seen.
    locked_at_ms BIGINT
);
CREATE INDEX devices_by_business ON devices (business_id);

CREATE TABLE programs (
    id UUID PRIMARY KEY,
    business_id UUID NOT NULL REFERENCES businesses (id),
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind = 'points'),
    status TEXT NOT NULL CHECK (status IN ('draft', 'active', 'paused', 'ended')),
    earn_points BIGINT NOT NULL CHECK (earn_points > 0),
    earn_per BIGINT NOT NULL CHECK (earn_per > 0),
    earn_currency TEXT NOT NULL,
    earn_rounding TEXT NOT NULL CHECK (earn_rounding IN ('down', 'nearest', 'up')),
    welcome_bonus BIGINT NOT NULL CHECK (welcome_bonus >= 0),
    -- JSON: the tiers from the least on, and how long points last.
    tiers TEXT NOT NULL,
    expiry TEXT NOT NULL,
    -- Since when it is so: nothing lapses before whom it concerns was warned.
    expiry_since_ms BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL
);
CREATE INDEX programs_by_business ON programs (business_id);

CREATE TABLE rewards (
    id UUID PRIMARY KEY,
    business_id UUID NOT NULL REFERENCES businesses (id),
    program_id UUID NOT NULL REFERENCES programs (id),
    name TEXT NOT NULL,
    cost BIGINT NOT NULL CHECK (cost > 0),
    -- JSON: money off, a part off, a product, or words.
    gives TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'paused')),
    created_at_ms BIGINT NOT NULL
);
CREATE INDEX rewards_by_program ON rewards (program_id);
CREATE INDEX rewards_by_business ON rewards (business_id);

CREATE TABLE customers (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL UNIQUE REFERENCES users (id),
    created_at_ms BIGINT NOT NULL
);

-- The id is the business's own handle for the person: two businesses cannot compare notes.
CREATE TABLE business_customers (
    id UUID PRIMARY KEY,
    business_id UUID NOT NULL REFERENCES businesses (id),
    user_id UUID NOT NULL REFERENCES users (id),
    customer_id UUID REFERENCES customers (id),
    joined_at_ms BIGINT,
    visits BIGINT NOT NULL CHECK (visits >= 0),
    spend BIGINT NOT NULL CHECK (spend >= 0),
    first_visit_at_ms BIGINT,
    last_visit_at_ms BIGINT,
    created_at_ms BIGINT NOT NULL,
    -- The person left, or the handle was merged into another: it names nobody any more.
    ended_at_ms BIGINT,
    merged_into UUID REFERENCES business_customers (id),
    -- What staff wrote: their own name for the person, notes, and tags as a JSON array.
    name TEXT,
    notes TEXT NOT NULL DEFAULT '',
    tags TEXT NOT NULL DEFAULT '[]',
    -- What lists sort and search by, in lower case; derived, and empty for who is no member.
    listed_name TEXT NOT NULL DEFAULT '',
    search TEXT NOT NULL DEFAULT '',
    -- Without consent there is no customer here.
    CHECK (joined_at_ms IS NULL OR customer_id IS NOT NULL),
    CHECK (merged_into IS NULL OR ended_at_ms IS NOT NULL)
);
CREATE UNIQUE INDEX business_customers_one_live
    ON business_customers (business_id, user_id) WHERE ended_at_ms IS NULL;
CREATE INDEX business_customers_by_name ON business_customers (business_id, listed_name, id);
CREATE INDEX business_customers_merged ON business_customers (merged_into);
CREATE INDEX business_customers_by_user ON business_customers (user_id);

CREATE TABLE enrollments (
    id UUID PRIMARY KEY,
    business_id UUID NOT NULL REFERENCES businesses (id),
    program_id UUID NOT NULL REFERENCES programs (id),
    customer_id UUID NOT NULL REFERENCES customers (id),
    business_customer_id UUID NOT NULL REFERENCES business_customers (id),
    joined_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT
);
CREATE UNIQUE INDEX enrollments_one_live
    ON enrollments (program_id, customer_id) WHERE ended_at_ms IS NULL;

CREATE TABLE loyalty_cards (
    id UUID PRIMARY KEY,
    business_id UUID NOT NULL REFERENCES businesses (id),
    program_id UUID NOT NULL REFERENCES programs (id),
    enrollment_id UUID NOT NULL UNIQUE REFERENCES enrollments (id),
    business_customer_id UUID NOT NULL REFERENCES business_customers (id),
    user_id UUID NOT NULL REFERENCES users (id),
    number TEXT NOT NULL UNIQUE,
    balance BIGINT NOT NULL,
    held BIGINT NOT NULL CHECK (held >= 0),
    -- All that it ever earned, less what was taken back of that.
    earned BIGINT NOT NULL,
    -- How many entries it has; the last one's n.
    entries BIGINT NOT NULL CHECK (entries >= 0),
    created_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT,
    -- Its number in its owner's feed. People have few cards: no index has it.
    user_seq BIGINT
);
CREATE UNIQUE INDEX loyalty_cards_one_live
    ON loyalty_cards (program_id, business_customer_id) WHERE ended_at_ms IS NULL;
CREATE INDEX loyalty_cards_by_user ON loyalty_cards (user_id);
CREATE INDEX loyalty_cards_by_handle ON loyalty_cards (business_customer_id);

CREATE TABLE points_entries (
    id UUID PRIMARY KEY,
    card_id UUID NOT NULL REFERENCES loyalty_cards (id),
    -- Place among the card's entries, from 1.
    n BIGINT NOT NULL CHECK (n > 0),
    business_id UUID NOT NULL,
    delta BIGINT NOT NULL CHECK (delta <> 0),
    kind TEXT NOT NULL CHECK (kind IN ('earn', 'bonus', 'redeem', 'adjust', 'expire', 'reverse')),
    balance_after BIGINT NOT NULL,
    amount BIGINT,
    sale TEXT,
    reason TEXT,
    staff_id UUID,
    device_id UUID,
    operation_id UUID NOT NULL,
    at_ms BIGINT NOT NULL,
    applied_at_ms BIGINT NOT NULL,
    -- The request whose acceptance it is; `consents` keeps how it was given.
    request_id UUID,
    -- The entry that it takes back: each at most once.
    reverses UUID REFERENCES points_entries (id),
    UNIQUE (card_id, n),
    CHECK ((kind = 'reverse') = (reverses IS NOT NULL)),
    -- Only taking back may leave a card owing; what it earns then pays first.
    CHECK (balance_after >= 0 OR kind = 'reverse' OR delta > 0)
); -- by key
CREATE UNIQUE INDEX points_entries_reversed ON points_entries (reverses) WHERE reverses IS NOT NULL;

CREATE TABLE approval_requests (
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('enrollment', 'points_deduction')),
    status TEXT NOT NULL
        CHECK (status IN ('pending', 'accepted', 'declined', 'expired', 'cancelled')),
    business_id UUID NOT NULL REFERENCES businesses (id),
    program_id UUID NOT NULL REFERENCES programs (id),
    user_id UUID REFERENCES users (id),
    business_customer_id UUID REFERENCES business_customers (id),
    asked_address TEXT,
    -- A keyed hash of it, which stays when the address is forgotten: a no counts for a while.
    asked_hash TEXT,
    staff_id UUID,
    device_id UUID,
    asked_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    counter_until_ms BIGINT NOT NULL,
    sent_at_ms BIGINT NOT NULL,
    seen_at_ms BIGINT,
    closed_at_ms BIGINT,
    card_id UUID REFERENCES loyalty_cards (id),
    -- What a deduction asks for.
    points BIGINT CHECK (points > 0),
    reason TEXT,
    hold_id UUID UNIQUE,
    -- What the points buy, where it is a reward.
    reward_id UUID REFERENCES rewards (id),
    CHECK ((kind = 'points_deduction') = (hold_id IS NOT NULL)),
    CHECK ((hold_id IS NULL) = (points IS NULL) AND (hold_id IS NULL) = (reason IS NULL)),
    CHECK (hold_id IS NULL OR card_id IS NOT NULL),
    CHECK (reward_id IS NULL OR hold_id IS NOT NULL),
    -- A closed request may forget the address it went to.
    CHECK (business_customer_id IS NOT NULL OR asked_address IS NOT NULL
           OR closed_at_ms IS NOT NULL),
    CHECK ((status = 'pending') = (closed_at_ms IS NULL)),
    CHECK (status <> 'accepted' OR card_id IS NOT NULL)
);
CREATE INDEX approval_requests_by_user ON approval_requests (user_id);
CREATE INDEX approval_requests_open ON approval_requests (expires_at_ms) WHERE status = 'pending';
CREATE INDEX approval_requests_by_address ON approval_requests (asked_hash);
CREATE INDEX approval_requests_by_business ON approval_requests (business_id, asked_at_ms, id);
CREATE INDEX approval_requests_by_handle ON approval_requests (business_customer_id);
CREATE UNIQUE INDEX approval_requests_one_pending
    ON approval_requests (program_id, business_customer_id)
    WHERE status = 'pending' AND kind = 'enrollment';
CREATE INDEX approval_requests_by_card ON approval_requests (card_id);

-- Awards that wait on a request; posted in the order of n by its acceptance.
CREATE TABLE waiting_awards (
    id UUID PRIMARY KEY,
    request_id UUID NOT NULL REFERENCES approval_requests (id),
    n BIGINT NOT NULL,
    points BIGINT NOT NULL CHECK (points > 0),
    amount BIGINT,
    sale TEXT,
    staff_id UUID,
    device_id UUID,
    at_ms BIGINT NOT NULL,
    UNIQUE (request_id, n)
);

CREATE TABLE consents (
    id UUID PRIMARY KEY,
    request_id UUID NOT NULL UNIQUE REFERENCES approval_requests (id),
    business_id UUID NOT NULL,
    program_id UUID NOT NULL,
    -- Missing where somebody without an account said no.
    user_id UUID,
    answer TEXT NOT NULL CHECK (answer IN ('accept', 'decline')),
    channel TEXT NOT NULL CHECK (channel IN ('app', 'link', 'sms_code', 'in_person', 'code')),
    wording TEXT NOT NULL,
    language TEXT NOT NULL,
    -- Who brought the answer, where it came through the shop.
    staff_id UUID,
    device_id UUID,
    key_id UUID,
    signature TEXT,
    at_ms BIGINT NOT NULL,
    withdrawn_at_ms BIGINT,
    CHECK (channel NOT IN ('in_person', 'code') OR staff_id IS NOT NULL),
    CHECK (answer = 'decline' OR user_id IS NOT NULL)
);
CREATE INDEX consents_by_business ON consents (business_id, at_ms);
CREATE INDEX consents_by_user ON consents (user_id);

CREATE TABLE customer_keys (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id),
    code_id TEXT NOT NULL UNIQUE,
    public_key TEXT NOT NULL,
    label TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    revoked_at_ms BIGINT
);
CREATE INDEX customer_keys_by_user ON customer_keys (user_id);

CREATE TABLE printed_codes (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id),
    business_id UUID REFERENCES businesses (id),
    business_customer_id UUID REFERENCES business_customers (id),
    created_at_ms BIGINT NOT NULL,
    revoked_at_ms BIGINT,
    CHECK ((business_id IS NULL) = (business_customer_id IS NULL))
);
CREATE INDEX printed_codes_by_user ON printed_codes (user_id);

CREATE TABLE qr_scan_logs (
    id UUID PRIMARY KEY,
    business_id UUID NOT NULL,
    device_id UUID,
    staff_id UUID,
    kind TEXT NOT NULL,
    result TEXT NOT NULL CHECK (result IN ('member', 'not_enrolled', 'pending', 'refused')),
    reason TEXT,
    user_id UUID,
    business_customer_id UUID,
    -- The key and step of a rotating code.
    key_id UUID,
    step BIGINT,
    at_ms BIGINT NOT NULL
);
CREATE INDEX qr_scan_logs_by_business ON qr_scan_logs (business_id, at_ms, id);
CREATE INDEX qr_scan_logs_by_handle ON qr_scan_logs (business_customer_id, at_ms);
CREATE INDEX qr_scan_logs_by_user ON qr_scan_logs (user_id, at_ms);
CREATE INDEX qr_scan_logs_by_code ON qr_scan_logs (key_id, step);

CREATE TABLE notifications (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id),
    business_id UUID,
    staff_id UUID,
    type TEXT NOT NULL,
    title TEXT NOT NULL,
    message TEXT NOT NULL,
    related_type TEXT,
    related_id UUID,
    metadata TEXT NOT NULL,
    is_read BIGINT NOT NULL CHECK (is_read IN (0, 1)),
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL,
    -- Its number in its reader's feed; what staff read stands in their shop's, in `feed`.
    user_seq BIGINT,
    CHECK (staff_id IS NULL OR user_seq IS NULL)
); -- by key
CREATE INDEX notifications_by_user
    ON notifications (user_id, created_at_ms, is_read, user_seq);
CREATE INDEX notifications_related ON notifications (related_id) WHERE staff_id IS NOT NULL;

-- What was done, and what was refused. The rows of what was done are what the audit log vouches for.
CREATE TABLE operations (
    id UUID PRIMARY KEY,
    -- Of what was asked; empty where the server itself asked.
    hash TEXT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL CHECK (actor IN ('staff', 'person', 'nobody', 'server')),
    business_id UUID,
    user_id UUID,
    staff_id UUID,
    device_id UUID,
    -- The answer: ids, codes and numbers only.
    result TEXT NOT NULL,
    applied_at_ms BIGINT NOT NULL,
    -- Where the feeds of whoever asked stood after it, if it shows in them.
    business_seq BIGINT,
    user_seq BIGINT,
    CHECK ((actor = 'staff') = (staff_id IS NOT NULL)),
    CHECK ((actor = 'person') = (user_id IS NOT NULL))
); -- by key

-- A scope is written as its letter and the 16 bytes of its id. The row's lock, held to commit, makes
-- the order of numbers the order of commits.
CREATE TABLE feed_heads (
    scope BYTEA PRIMARY KEY,
    epoch BIGINT NOT NULL,
    seq BIGINT NOT NULL CHECK (seq >= 0),
    -- The audit chain's last hash, where the scope has a chain; else empty.
    audit_hash BYTEA NOT NULL,
    audit_n BIGINT NOT NULL,
    -- Raised by whoever changed anything under the lock, so that a server knows whether it was alone.
    changes BIGINT NOT NULL
); -- by key

-- Each entity stands in a scope once, at its newest number; bodies are read when served. A person's
-- cards and notifications keep theirs themselves: those are what each award makes different.
CREATE TABLE feed (
    scope BYTEA NOT NULL,
    entity TEXT NOT NULL,
    entity_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (scope, entity, entity_id),
    UNIQUE (scope, seq)
); -- by key

-- One chain per business and one for the platform. A line vouches for its operation's row: the hash
-- is over that and the line before.
CREATE TABLE audit_log (
    scope BYTEA NOT NULL,
    n BIGINT NOT NULL,
    operation_id UUID NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (scope, n)
); -- by key

-- The log with what it vouches for: ids and numbers, no personal value.
CREATE VIEW audit_lines AS
SELECT a.scope, a.n, a.operation_id, o.kind, o.actor, o.staff_id, o.device_id, o.user_id,
       o.result AS facts, o.applied_at_ms AS at_ms, a.hash
FROM audit_log a JOIN operations o ON o.id = a.operation_id;

-- A job runs on one node at a time: on the one that holds its lease. The token rises with each
-- holder, so that one who slept through the end of its turn notices.
CREATE TABLE job_leases (
    job TEXT PRIMARY KEY,
    token BIGINT NOT NULL,
    until_ms BIGINT NOT NULL
);

-- What this server signs with, and the hash salt of its operations; never leaves the database.
CREATE TABLE server_secrets (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
);
