// Reads `audit:` of howdah.yaml: how large a file of the journal gets, for how long full ones are kept, and who reads along.
import { z } from 'zod';
import { ownName } from './alert-file';
import { secretUrl } from './receiver-settings';
import { tls } from './tls';
import { build, maybe, named, number, optionalSecret, port, section, text } from './yaml-schema';

const STREAMS_LIMIT = 20;
const USUAL = { tls: 6514, tcp: 601, udp: 514 } as const;

const syslogParts = section({
  host: text('the name of a syslog server'),
  port: maybe(port),
  transport: maybe(z.enum(['tls', 'tcp', 'udp']), 'tls' as const),
  /** 13: log audit (RFC 5424 6.2.1). */
  facility: maybe(number('a facility', 0, 23).refine(Number.isInteger, 'a facility from 0 to 23'), 13),
  tls,
});
export type SyslogSettings = Readonly<z.infer<typeof syslogParts>> & { readonly port: number };

const syslog = build(syslogParts, (parts, complain): SyslogSettings => {
  const transport = parts.transport ?? 'tls';
  if (parts.tls != null && transport !== 'tls') complain(['tls'], 'transport: tls beside it', `got ${transport}`);
  return { ...parts, port: parts.port ?? USUAL[transport] } as SyslogSettings;
});

const webhook = section({ url: secretUrl, secret: optionalSecret(), tls });
export type AuditWebhook = Readonly<z.infer<typeof webhook>>;

const stream = build(
  section({
    name: ownName,
    /** `entries`: each of them, for a SIEM. `heads`: only the newest hash, after each action and each hour. */
    what: maybe(z.enum(['entries', 'heads']), 'entries' as const),
    syslog: maybe(syslog),
    webhook: maybe(webhook),
    /** A receiver that is further behind loses the oldest, and is told how many. */
    dropAfter: maybe(number('entries', 100, 10_000_000), 100_000),
  }),
  (parts, complain) => {
    const kinds = (['syslog', 'webhook'] as const).filter((kind) => parts[kind] !== null);
    if (kinds.length !== 1)
      complain([], 'one of syslog, webhook', kinds.length === 0 ? 'the stream has none of them' : 'it has both');
    return parts as StreamSettings;
  },
);
export interface StreamSettings {
  readonly name: string;
  readonly what: 'entries' | 'heads';
  readonly syslog: SyslogSettings | null;
  readonly webhook: AuditWebhook | null;
  readonly dropAfter: number;
}

const settings = section({
  /** A file of the journal that is larger is left, and continued in a new one. */
  segmentMegabytes: maybe(number('megabytes', 1, 1024), 64),
  /** null: files of the journal are never removed. */
  keepDays: maybe(number('days', 1, 36_500)),
  streams: maybe(named(stream, 'stream', STREAMS_LIMIT), []),
});

export type AuditSettings = Readonly<z.infer<typeof settings>>;
const DEFAULT_AUDIT: AuditSettings = settings.parse({});
export const audit = maybe(settings, DEFAULT_AUDIT);
