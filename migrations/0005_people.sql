-- What counts once must be written down where every node sees it: rotating codes that approved
-- something, and the short codes that name a person for two minutes.

-- A (key, step) counts as an approval once on this server; identifying by it may repeat.
CREATE TABLE code_uses (
    id UUID PRIMARY KEY,
    key_id UUID NOT NULL REFERENCES customer_keys (id),
    step BIGINT NOT NULL,
    business_id UUID NOT NULL REFERENCES businesses (id),
    at_ms BIGINT NOT NULL,
    UNIQUE (key_id, step)
);
