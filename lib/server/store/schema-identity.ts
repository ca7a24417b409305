// Tables of which cluster and which member there is: the names by which all other rows go, and the members that a cluster is known to have.
// Times are epoch ms. Never edited once released.
export const IDENTITY_SCHEMA = `
CREATE TABLE cluster_identity (
  name text PRIMARY KEY,
  source text NOT NULL,
  place text NOT NULL,
  origin text NOT NULL,
  scope text NOT NULL,
  seen_at bigint NOT NULL
);
CREATE TABLE roster_member (
  scope text NOT NULL,
  member text NOT NULL,
  system_identifier text,
  first_at bigint NOT NULL,
  listed_at bigint NOT NULL,
  api_url text,
  host text,
  port bigint,
  PRIMARY KEY (scope, member)
);
`;
