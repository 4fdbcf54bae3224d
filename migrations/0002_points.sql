-- Points are spent only with the customer's yes: until then they are set aside, and what becomes
-- of them is written once.

CREATE TABLE holds (
    id UUID PRIMARY KEY,
    card_id UUID NOT NULL REFERENCES loyalty_cards (id),
    business_id UUID NOT NULL REFERENCES businesses (id),
    request_id UUID NOT NULL UNIQUE REFERENCES approval_requests (id),
    points BIGINT NOT NULL CHECK (points > 0),
    placed_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL CHECK (expires_at_ms > placed_at_ms)
);
CREATE INDEX holds_by_card ON holds (card_id);

-- The primary key is the rule: one outcome per hold.
CREATE TABLE hold_outcomes (
    hold_id UUID PRIMARY KEY REFERENCES holds (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('posted', 'voided')),
    entry_id UUID UNIQUE REFERENCES points_entries (id),
    at_ms BIGINT NOT NULL,
    CHECK ((outcome = 'posted') = (entry_id IS NOT NULL))
);

-- Up to which day, counted from 1970, a programme's points were looked at under its present rule.
CREATE TABLE expiry_days (
    program_id UUID PRIMARY KEY REFERENCES programs (id),
    since_ms BIGINT NOT NULL,
    day BIGINT NOT NULL
);
