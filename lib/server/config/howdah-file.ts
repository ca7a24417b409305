// howdah.yaml as one schema. Its keys are described in docs/configuration.md.
import { z } from 'zod';
import { alerts, publicUrl } from './alert-file';
import { approvals, auth } from './auth-file';
import { listen } from './listen-file';
import { receivers } from './receiver-settings';
import { DEFAULT_HISTORY, DEFAULT_POLL, history, poll } from './settings';
import { sources } from './source-file';
import { flag, location, or, section, text } from './yaml-schema';

const OPERATOR_MAX = 100;

const whole = section({
  listen: or(listen, listen.parse({})),
  poll: or(poll, DEFAULT_POLL),
  sources,
  /** Absolute. */
  data: or(location('a folder'), null),
  operator: or(
    text(
      `a name of up to ${OPERATOR_MAX} characters`,
      (name) => name !== '' && name.length <= OPERATOR_MAX && !/\p{Cc}/u.test(name),
    ),
    null,
  ),
  readOnly: or(flag, false),
  history: or(history, DEFAULT_HISTORY),
  publicUrl: or(publicUrl, null),
  alerts,
  receivers,
  auth,
  approvals,
});

/** An empty file is one that says nothing. */
export const howdahFile = z.preprocess((value) => value ?? {}, whole);
export const DEFAULTS = whole.parse({});
