// Tables of who may do what. Passwords are argon2id, tokens and set-up links SHA-256 of their secrets, TOTP secrets encrypted by a
// key that is not in the store; a wall's link is signed, not kept. Times are epoch ms. Never edited once released.
export const ACCESS_SCHEMA = `
CREATE TABLE access_user (
  id text PRIMARY KEY,
  name text NOT NULL,
  kind text NOT NULL,
  subject text UNIQUE,
  password_hash text,
  totp text,
  totp_used bigint NOT NULL DEFAULT 0,
  grants jsonb NOT NULL,
  disabled boolean NOT NULL DEFAULT false,
  invitation_hash text,
  invited_until bigint,
  failures integer NOT NULL DEFAULT 0,
  locked_until bigint,
  created_at bigint NOT NULL,
  last_seen_at bigint
);
CREATE UNIQUE INDEX access_user_name ON access_user (lower(name));
CREATE TABLE access_session (
  id text PRIMARY KEY,
  user_id text NOT NULL REFERENCES access_user (id) ON DELETE CASCADE,
  method text NOT NULL,
  agent text NOT NULL,
  address text,
  created_at bigint NOT NULL,
  seen_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  ended_at bigint
);
CREATE INDEX access_session_user ON access_session (user_id) WHERE ended_at IS NULL;
CREATE TABLE access_token (
  id text PRIMARY KEY,
  user_id text NOT NULL REFERENCES access_user (id) ON DELETE CASCADE,
  name text NOT NULL,
  hash text NOT NULL,
  grants jsonb NOT NULL,
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  revoked_at bigint,
  last_used_at bigint,
  last_used_from text
);
CREATE TABLE access_wall (
  id text PRIMARY KEY,
  body jsonb NOT NULL,
  created_by text NOT NULL,
  created_at bigint NOT NULL,
  expires_at bigint,
  revoked_at bigint,
  last_seen_at bigint
);
CREATE TABLE access_approval (
  id text PRIMARY KEY,
  scope text NOT NULL,
  state text NOT NULL,
  asked_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  decided_at bigint,
  body jsonb NOT NULL
);
CREATE INDEX access_approval_waiting ON access_approval (expires_at) WHERE state = 'waiting';
CREATE INDEX audit_entry_access ON audit_entry (at, journal, seq) WHERE kind = 'access';
`;
