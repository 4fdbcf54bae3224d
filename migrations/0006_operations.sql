-- What a person wants to be told by which channel: a person without a row has the defaults, which
-- may change as long as they chose nothing.

CREATE TABLE notification_preferences (
    user_id UUID PRIMARY KEY REFERENCES users (id),
    -- JSON: the switches and the quiet hours, by the names of the API.
    switches TEXT NOT NULL,
    -- The number for SMS, where it is not the account's own. Personal.
    sms_phone TEXT,
    updated_at_ms BIGINT NOT NULL
);
