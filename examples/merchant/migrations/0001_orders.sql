-- Both databases read this file: BYTEA is a blob in SQLite too. Times are Unix
-- milliseconds of the database's own clock. No column is null.

CREATE TABLE orders (
  id TEXT NOT NULL PRIMARY KEY,         -- 24 digits; also the key that the platform gets
  provider TEXT NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,                    -- the caller's
  digest TEXT NOT NULL,                 -- keyed, of the request: the same key with another one is refused
  card TEXT NOT NULL,                   -- the order that opened the card; '' of one that opens it
  request BYTEA NOT NULL,               -- sealed
  state TEXT NOT NULL,
  epoch BIGINT NOT NULL,                -- fences sending
  pending TEXT NOT NULL,                -- issuing.Pending, once it was about to be sent
  sent_at BIGINT NOT NULL,              -- the first time
  due_at BIGINT NOT NULL,               -- when something has to happen; 0 is never
  asked BIGINT NOT NULL,                -- questions since it was sent
  platform_id TEXT NOT NULL,            -- the platform's id of it, no secret
  result BYTEA NOT NULL,                -- sealed
  code TEXT NOT NULL,                   -- why it was refused
  note TEXT NOT NULL,                   -- what a person should know
  callbacks BIGINT NOT NULL,            -- events that were about it
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX orders_key ON orders (provider, key);
CREATE INDEX orders_due ON orders (due_at) WHERE due_at > 0;
CREATE INDEX orders_state ON orders (state, created_at); -- what is final grows, and is not read to count the rest
CREATE INDEX orders_card ON orders (card) WHERE card <> '';
CREATE INDEX orders_platform ON orders (provider, platform_id) WHERE platform_id <> '';
CREATE INDEX orders_day ON orders (provider, created_at);

-- Everything that a platform has told and this service has acknowledged.
CREATE TABLE events (
  id TEXT NOT NULL PRIMARY KEY,         -- provider and event id
  provider TEXT NOT NULL,
  type TEXT NOT NULL,
  sealed TEXT NOT NULL,                 -- webhook.Sealer
  order_id TEXT NOT NULL,               -- '' while nobody knows, '-' of what is about none
  received_at BIGINT NOT NULL
);

CREATE INDEX events_orphans ON events (received_at) WHERE order_id = '';

-- What the merchant's own books get, once for each order.
CREATE TABLE effects (
  order_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  amount TEXT NOT NULL,
  booked_at BIGINT NOT NULL,
  PRIMARY KEY (order_id, kind)
);

CREATE TABLE differences (
  provider TEXT NOT NULL,
  kind TEXT NOT NULL,                   -- missing, surplus, unequal, duplicate, contradiction
  ref TEXT NOT NULL,                    -- the order's id, or the platform's
  day TEXT NOT NULL,                    -- of the reconciliation; '' of a contradiction
  detail TEXT NOT NULL,
  found_at BIGINT NOT NULL,
  PRIMARY KEY (provider, kind, ref, detail)
);

CREATE TABLE recon (
  provider TEXT NOT NULL,
  day TEXT NOT NULL,
  cursor TEXT NOT NULL,                 -- the last key that was compared
  ended_at BIGINT NOT NULL,             -- 0 is under way
  PRIMARY KEY (provider, day)
);
