// Tables of telling. An alert's row is written by the process that evaluates, its acknowledgement by whoever is asked: two rows, so
// that neither overwrites the other. `outbox` is one row per message and address; what waits for one address leaves in the order
// of `seq`. Times are epoch ms. Never edited once released.
export const ALERTS_SCHEMA = `
CREATE TABLE alert (
  id text PRIMARY KEY,
  scope text NOT NULL,
  state text NOT NULL,
  resolved_at bigint,
  body jsonb NOT NULL
);
CREATE INDEX alert_open ON alert (scope) WHERE state <> 'resolved';
CREATE INDEX alert_resolved ON alert (resolved_at) WHERE state = 'resolved';
CREATE TABLE alert_acknowledgement (
  alert_id text PRIMARY KEY,
  at bigint NOT NULL,
  body jsonb
);
CREATE TABLE alert_group (
  scope text PRIMARY KEY,
  body jsonb
);
CREATE TABLE silence (
  id text PRIMARY KEY,
  ends_at bigint NOT NULL,
  body jsonb NOT NULL
);
CREATE TABLE outbox (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text NOT NULL UNIQUE,
  receiver text NOT NULL,
  address text NOT NULL,
  at bigint NOT NULL,
  state text NOT NULL,
  attempts integer NOT NULL,
  next_at bigint NOT NULL,
  claimed_by text,
  claimed_until bigint NOT NULL,
  done_at bigint,
  body jsonb NOT NULL
);
CREATE INDEX outbox_waiting ON outbox (receiver, address, seq) WHERE state = 'waiting';
CREATE INDEX outbox_done ON outbox (done_at) WHERE state <> 'waiting';
CREATE TABLE receiver_state (
  name text PRIMARY KEY,
  body jsonb NOT NULL
);
CREATE TABLE push_device (
  id text PRIMARY KEY,
  endpoint text NOT NULL UNIQUE,
  body jsonb NOT NULL
);
`;
