-- What counts once must be written down where every node sees it: rotating codes that approved
-- something, and the short codes that name a person for two minutes.

-- A (key, step) counts as an approval once on this server; identifying by it may repeat.
CREATE TABLE code_uses (
    id UUID PRIMARY KEY,
    key_id UUID NOT NULL REFERENCES customer_keys (id),
    step BIGINT NOT NULL,
    business_id UUID NOT NULL REFERENCES businesses (id),
    request_id UUID NOT NULL UNIQUE REFERENCES approval_requests (id),
    card_id UUID NOT NULL REFERENCES loyalty_cards (id),
    points BIGINT NOT NULL CHECK (points > 0),
    at_ms BIGINT NOT NULL,
    UNIQUE (key_id, step)
);
-- What codes approve on a card within a day is limited.
CREATE INDEX code_uses_by_card ON code_uses (card_id, at_ms);

-- All that passed between a business and a person, from the tables that say it already: one truth.
-- A handle that was merged into another keeps its lines; readers ask for both.
CREATE VIEW customer_interactions AS
SELECT business_id, business_customer_id, at_ms, 'scan' AS kind, id, kind AS what,
       result, reason, CAST(NULL AS BIGINT) AS points, CAST(NULL AS BIGINT) AS balance,
       staff_id, device_id
FROM qr_scan_logs
UNION ALL
SELECT e.business_id, c.business_customer_id, e.applied_at_ms, 'points', e.id, e.kind,
       NULL, e.reason, e.delta, e.balance_after, e.staff_id, e.device_id
FROM points_entries e JOIN loyalty_cards c ON c.id = e.card_id
UNION ALL
SELECT business_id, business_customer_id, asked_at_ms, 'request', id, kind,
       status, NULL, NULL, NULL, staff_id, device_id
FROM approval_requests
UNION ALL
SELECT business_id, business_customer_id, closed_at_ms, 'closed', id, kind,
       status, NULL, NULL, NULL, NULL, NULL
FROM approval_requests WHERE closed_at_ms IS NOT NULL
UNION ALL
SELECT n.business_id, c.id, n.created_at_ms, 'message', n.id, n.type,
       NULL, NULL, NULL, NULL, NULL, NULL
FROM notifications n
JOIN business_customers c ON c.user_id = n.user_id AND c.business_id = n.business_id
WHERE n.staff_id IS NULL AND c.joined_at_ms IS NOT NULL;

-- Six digits that name a person for two minutes, once; one live code a person.
CREATE TABLE short_codes (
    user_id UUID PRIMARY KEY REFERENCES users (id),
    -- A keyed hash.
    code_hash TEXT NOT NULL UNIQUE,
    expires_at_ms BIGINT NOT NULL,
    -- The operation that used it, which may ask again.
    used_by UUID
);
