// howdah.yaml as one schema. Its keys are described in docs/configuration.md.
import { z } from 'zod';
import { alerts, publicUrl } from './alert-file';
import { audit } from './audit-file';
import { approvals, auth } from './auth-file';
import { backups } from './backup-file';
import { drift } from './drift-file';
import { entries } from './entry-file';
import { links } from './link-file';
import { listen } from './listen-file';
import { objective } from './objective-file';
import { receivers } from './receiver-settings';
import { DEFAULT_HISTORY, DEFAULT_POLL, history, poll } from './settings';
import { sources } from './source-file';
import { flag, location, maybe, section, text } from './yaml-schema';

const OPERATOR_MAX = 100;

const whole = section({
  listen: maybe(listen, listen.parse({})),
  poll: maybe(poll, DEFAULT_POLL),
  sources,
  /** The doors by which clients come to the clusters. */
  entries,
  /** Who reports backups, and what is asked of them. */
  backups,
  /** How often members are compared, and what clusters should be like. */
  drift,
  /** Absolute. */
  data: maybe(location('a folder')),
  operator: maybe(
    text(
      `a name of up to ${OPERATOR_MAX} characters`,
      (name) => name !== '' && name.length <= OPERATOR_MAX && !/\p{Cc}/u.test(name),
    ),
  ),
  /** This Howdah only watches: no action is sent. */
  readOnly: maybe(flag, false),
  history: maybe(history, DEFAULT_HISTORY),
  publicUrl: maybe(publicUrl),
  alerts,
  receivers,
  auth,
  /** What needs a second person; the first that fits counts. */
  approvals,
  /** Markdown by finding, cause and label; absolute. */
  runbooks: maybe(location('a folder')),
  links,
  /** What part of the time clusters should take writes; the first that fits counts. */
  objective,
  audit,
});

/** An empty file is one that says nothing. */
export const howdahFile = z.preprocess((value) => value ?? {}, whole);
export const DEFAULTS = whole.parse({});
