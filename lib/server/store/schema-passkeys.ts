// Tables of passkeys: public keys, which say nothing to whoever reads them, and the questions that are out to be signed, each once.
// Times are epoch ms. Never edited once released.
export const PASSKEYS_SCHEMA = `
CREATE TABLE access_passkey (
  id text PRIMARY KEY,
  user_id text NOT NULL REFERENCES access_user (id) ON DELETE CASCADE,
  name text NOT NULL,
  public_key text NOT NULL,
  counter bigint NOT NULL,
  transports jsonb NOT NULL,
  created_at bigint NOT NULL,
  last_used_at bigint
);
CREATE INDEX access_passkey_user ON access_passkey (user_id);
CREATE TABLE access_challenge (
  hash text PRIMARY KEY,
  bound text NOT NULL,
  expires_at bigint NOT NULL
);
`;
