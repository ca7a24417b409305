// Reads `alerts:` and `publicUrl:` of howdah.yaml: who is told, of what.
import { z } from 'zod';
import { type AlertRule, MEASURES, type RuleTest } from '../../domain/alerts/alert';
import { DEFAULT_TELLING, OWN_RULES, type TellingSettings } from '../../domain/alerts/groups';
import { DEFAULT_RULES } from '../../domain/alerts/rules';
import { CARE_CODES } from '../../domain/care/care';
import { FINDING_CODES } from '../../domain/cluster';
import { ALERT_SEVERITIES, type AlertSeverity, SEVERITIES } from '../../domain/severity';
import { reading } from './yaml-file';
import {
  allOr,
  build,
  type Complain,
  flag,
  maybe,
  named,
  number,
  type Parts,
  section,
  some,
  text,
  where,
} from './yaml-schema';

export interface AlertSettings extends TellingSettings {
  readonly rules: readonly AlertRule[];
}

export const DEFAULT_ALERTS: AlertSettings = { ...DEFAULT_TELLING, rules: DEFAULT_RULES };

const DAY = 86_400;
const RULES_LIMIT = 500;
const LIMIT = 'a number: bytes or seconds, as the measure says';
const severity = z.enum(ALERT_SEVERITIES);

/** Of a rule or a receiver. */
export const ownName = text('a name of up to 64 letters, digits and dashes', /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/);

/** One of those that the same file names, be they good or not. */
const receiver = text('the name of a receiver').superRefine((name, ctx) => {
  const known = reading().textsAt(['receivers'], 'name');
  if (!known.includes(name)) ctx.addIssue({ code: 'invalid_value', values: known });
});

const ruleShape = section({
  name: ownName.refine((name) => !OWN_RULES.includes(name), {
    error: 'another name',
    params: { found: 'this one is a rule of Howdah itself' },
  }),
  findings: maybe(allOr(FINDING_CODES, 'findings')),
  dcs: maybe(allOr(CARE_CODES, 'findings of a DCS')),
  atLeast: maybe(z.enum(SEVERITIES)),
  measure: maybe(z.enum(MEASURES)),
  above: maybe(number('', 0, Number.MAX_VALUE, LIMIT)),
  noFailoverPossible: maybe(flag),
  severity: maybe(severity),
  forSeconds: maybe(number('seconds', 0, 7 * DAY), 60),
  clearSeconds: maybe(number('seconds', 0, DAY), 60),
  ...where,
  receivers: maybe(some(receiver, 'the names of receivers', 0)),
});

const rule = build(ruleShape, (parts, complain): AlertRule => {
  const { name, severity: own, forSeconds, clearSeconds, scopes, labels, receivers } = parts;
  const said = { name, severity: own, forSeconds, clearSeconds, scopes, labels, receivers };
  return { ...said, test: testOf(parts, complain) } as AlertRule;
});

function testOf(parts: Parts<z.infer<typeof ruleShape>>, complain: Complain): RuleTest {
  const kinds = (['findings', 'dcs', 'measure', 'noFailoverPossible'] as const).filter((key) => parts[key] !== null);
  const [kind] = kinds;
  if (kinds.length !== 1)
    complain(
      [],
      'one of findings, dcs, measure and noFailoverPossible',
      kind === undefined ? 'the rule has none of them' : `it has ${kinds.join(' and ')}`,
    );
  else if (parts.atLeast !== null && kind !== 'findings' && kind !== 'dcs')
    complain(['atLeast'], 'findings or dcs beside it', 'both are missing');
  else if (parts.above !== null && kind !== 'measure') complain(['above'], 'measure beside it', 'measure is missing');
  else if (parts.above === null && kind === 'measure') complain(['above'], LIMIT, 'it is missing');
  if (parts.noFailoverPossible === false)
    complain(['noFailoverPossible'], 'true', 'got false; leave the rule out instead');
  if (parts.findings != null) return { kind: 'finding', codes: parts.findings, atLeast: parts.atLeast ?? null };
  if (parts.dcs != null) return { kind: 'dcs', codes: parts.dcs, atLeast: parts.atLeast ?? null };
  if (parts.measure != null) return { kind: 'above', measure: parts.measure, limit: parts.above ?? 0 };
  return { kind: 'no_failover_possible' };
}

const repeat = (severity: AlertSeverity) => {
  const expected = 'hours from 0.1 to 720, or never';
  const hours = number('hours', 0.1, 720, expected).transform((value): number | null => value * 3600);
  const never = z.literal('never').transform(() => null);
  return z.preprocess(
    (value) => value ?? undefined,
    z.union([never, hours], expected).default(DEFAULT_TELLING.repeatSeconds[severity]),
  );
};

const repeatHours = section({ critical: repeat('critical'), warning: repeat('warning'), note: repeat('note') });

export const alerts = maybe(
  section({
    defaults: maybe(flag, true),
    rules: maybe(named(rule, 'rule', RULES_LIMIT), []),
    groupWaitSeconds: maybe(number('seconds', 0, 3600), DEFAULT_TELLING.groupWaitSeconds),
    groupIntervalSeconds: maybe(number('seconds', 0, 3600), DEFAULT_TELLING.groupIntervalSeconds),
    repeatHours: maybe(repeatHours, DEFAULT_TELLING.repeatSeconds),
  }).transform(({ defaults, rules, repeatHours: repeatSeconds, ...telling }): AlertSettings => {
    const names = new Set(rules.map(({ name }) => name));
    const others = defaults ? DEFAULT_RULES.filter(({ name }) => !names.has(name)) : [];
    // Its own come first: a finding is taken by the first rule that matches.
    return { ...telling, repeatSeconds, rules: [...rules, ...others] };
  }),
  DEFAULT_ALERTS,
);

/** How people reach these pages, for the links in messages: a proxy may stand before the loopback address. */
export const publicUrl = text('http(s)://host, with the path under which Howdah is reached', (written) => {
  const url = URL.parse(written);
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.search + url.hash === '';
  // The pages are built for this path; what would be written differently in two places is refused.
  const path = written.replace(/^\w+:\/\/[^/]*/, '') || '/';
  return isPlain && /^(\/[\w.~-]+)*\/*$/.test(path) && url.pathname === path;
}).transform((url) => url.replace(/\/+$/, ''));
