// Tables of the past. Samples and frames arrive in `history_recent`, one row per scope and few seconds, and are packed into
// `history_chunk`, one row per scope and quarter of an hour or more. Bodies are compressed (see history/pack.ts); times are epoch ms.
// Never edited once released.
export const HISTORY_SCHEMA = `
CREATE TABLE lease (
  name text PRIMARY KEY,
  holder text NOT NULL,
  fence bigint NOT NULL,
  expires_at bigint NOT NULL
);
CREATE TABLE history_recent (
  scope text NOT NULL,
  kind smallint NOT NULL,
  from_at bigint NOT NULL,
  to_at bigint NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (scope, kind, from_at)
);
CREATE TABLE history_chunk (
  scope text NOT NULL,
  level smallint NOT NULL,
  from_at bigint NOT NULL,
  to_at bigint NOT NULL,
  count integer NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (scope, level, from_at)
);
ALTER TABLE history_recent ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE history_chunk ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX history_chunk_age ON history_chunk (level, to_at);
CREATE TABLE cluster_event (
  scope text NOT NULL,
  id text NOT NULL,
  at bigint NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL,
  severity text,
  body jsonb NOT NULL,
  PRIMARY KEY (scope, id)
);
CREATE INDEX cluster_event_newest ON cluster_event (at DESC, seq DESC);
CREATE INDEX cluster_event_of_scope ON cluster_event (scope, at DESC, seq DESC);
CREATE TABLE leadership (
  scope text NOT NULL,
  system_identifier text NOT NULL,
  timeline bigint NOT NULL,
  leader text,
  started_at bigint,
  ended_at bigint,
  fork_lsn text,
  reason text,
  cause text,
  PRIMARY KEY (scope, system_identifier, timeline)
);
CREATE TABLE note (
  id text PRIMARY KEY,
  scope text NOT NULL,
  at bigint NOT NULL,
  body text NOT NULL,
  actor text NOT NULL,
  written_at bigint NOT NULL,
  withdrawn_at bigint
);
CREATE INDEX note_of_scope ON note (scope, at);
`;
