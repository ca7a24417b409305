// Reads `backups:` of howdah.yaml: who may report, what is asked for by Howdah itself, and what is asked of backups by cluster.
import type { z } from 'zod';
import { isLoopback } from './address';
import { tls } from './tls';
import {
  build,
  type Complain,
  location,
  maybe,
  named,
  number,
  optionalSecret,
  type Parts,
  secret,
  section,
  text,
  type Whole,
  where,
} from './yaml-schema';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const NAME_WORDS = 'a name of up to 64 letters, digits, dots, dashes and underscores';
const TOKEN_MIN = 24;
const TOKEN_MAX = 200;
const LIMIT = 200;
const cluster = maybe(text('the name of a cluster'));
const token = secret(
  `a token of ${TOKEN_MIN} to ${TOKEN_MAX} characters without spaces, as text, \${NAME} or {file: path}`,
  (word) => word.length >= TOKEN_MIN && word.length <= TOKEN_MAX && /^[\x21-\x7e]+$/.test(word),
  'it is shorter, longer or holds others (not shown)',
);

/** Who may report backups, and can do nothing else. */
const reporter = section({ name: text(NAME_WORDS, NAME), token, ...where });

const shape = section({
  name: text(NAME_WORDS, NAME),
  /** One of the two. */
  url: maybe(text('http(s)://host/path, without user and password', (written) => placeOf(written) !== null)),
  /** The folder of a pgBackRest repository that is mounted here, with `backup` and `archive` in it. */
  repository: maybe(location('the folder of a pgBackRest repository')),
  username: maybe(text('a user name')),
  password: optionalSecret(),
  tls,
  everySeconds: maybe(number('seconds', 10, 86_400), 300),
  /** Whose it is where the tool does not tell the system identifier. */
  cluster,
});

function placeOf(written: string): URL | null {
  const url = URL.parse(written);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' ? url : null;
}

const pull = build(shape, (parts, complain) => {
  judge(parts, complain);
  return parts as Whole<typeof parts>;
});

function judge(
  { url, repository, username, password, tls: profile }: Parts<z.infer<typeof shape>>,
  complain: Complain,
): void {
  if ((url == null) === (repository == null))
    complain([], 'one of url and repository', url == null ? 'it has none of them' : 'it has both');
  if (password != null && username === null) complain(['password'], 'username beside it', 'username is missing');
  const place = url == null ? null : placeOf(url);
  if (profile != null && place?.protocol === 'http:') complain(['url'], 'https, because tls is given');
  const isInClear = place?.protocol === 'http:' && !isLoopback(place.hostname);
  if (isInClear && password != null) complain(['url'], 'https', { because: 'the password would go in the clear' });
}

const days = maybe(number('days', 0.1, 4000));

const policy = section({
  ...where,
  /** The newest full one is at most so old. */
  fullDays: days,
  /** The newest of whatever kind. */
  anyHours: maybe(number('hours', 0.1, 100_000)),
  /** A restore leads at least so far back. */
  windowDays: days,
}).transform(({ scopes, labels, ...asked }) => ({ scopes, labels, policy: asked }));

const whole = section({
  /** A report that was sent here is missed after so long. */
  reportHours: maybe(number('hours', 0.1, 10_000), 26),
  push: maybe(named(reporter, 'reporter', LIMIT), []),
  pull: maybe(named(pull, 'place', LIMIT), []),
  /** The first that fits a cluster counts. */
  policies: maybe(policy.array().max(LIMIT, `at most ${LIMIT} policies`), []),
});

export type BackupSettings = Readonly<z.infer<typeof whole>>;
export type BackupPlace = BackupSettings['pull'][number];
const DEFAULT_BACKUPS: BackupSettings = whole.parse({});
export const backups = maybe(whole, DEFAULT_BACKUPS);
