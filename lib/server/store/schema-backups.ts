// What was reported of backups, the newest of each. Times are epoch ms. Never edited once released.
export const BACKUPS_SCHEMA = `
CREATE TABLE backup_report (
  id text PRIMARY KEY,
  scope text,
  received_at bigint NOT NULL,
  body jsonb NOT NULL
);
CREATE INDEX backup_report_newest ON backup_report (received_at);
`;
