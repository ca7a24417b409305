// Tables of the audit: what was done, what runs, the revisions of configurations. Never edited once released.
export const AUDIT_SCHEMA = `
CREATE TABLE audit_entry (
  journal text NOT NULL,
  seq bigint NOT NULL,
  at bigint NOT NULL,
  kind text NOT NULL,
  action_id text NOT NULL,
  scope text NOT NULL,
  body jsonb NOT NULL,
  hash text NOT NULL,
  PRIMARY KEY (journal, seq)
);
CREATE INDEX audit_entry_action ON audit_entry (action_id);
CREATE TABLE action (
  id text PRIMARY KEY,
  scope text NOT NULL,
  kind text NOT NULL,
  idempotency_key text UNIQUE,
  request_digest text NOT NULL,
  actor text NOT NULL,
  requested_at bigint NOT NULL,
  phase text NOT NULL,
  outcome text,
  outage_ms double precision,
  record jsonb NOT NULL,
  holder text NOT NULL
);
CREATE INDEX action_newest ON action (requested_at DESC, id DESC);
CREATE INDEX action_of_scope ON action (scope, requested_at DESC, id DESC);
CREATE TABLE running_action (
  scope text PRIMARY KEY,
  action_id text NOT NULL,
  holder text NOT NULL,
  expires_at bigint NOT NULL
);
CREATE TABLE config_revision (
  scope text NOT NULL,
  revision text NOT NULL,
  value json NOT NULL,
  text text,
  seen_at bigint,
  action_id text,
  PRIMARY KEY (scope, revision)
);
`;

/** The newest entry of each journal, by the data folder it is of: also where all its entries were removed with it. */
export const ANCHOR_SCHEMA = `
CREATE TABLE audit_anchor (
  journal text PRIMARY KEY,
  home text NOT NULL,
  seq bigint NOT NULL,
  hash text NOT NULL,
  at bigint NOT NULL
);
`;
