// Tables of telling: alerts and their state, silences, the outbox, subscribed phones. Never edited once released.
export const ALERTS_SCHEMA = `
CREATE TABLE silence (
  id text PRIMARY KEY,
  ends_at bigint NOT NULL,
  body jsonb NOT NULL
);
`;
