// Entries of the journal as a syslog takes them: RFC 5424, over TLS (RFC 5425) or TCP (RFC 6587) with the length before each message,
// or one datagram each over UDP (RFC 5426). None of them has an answer. Over TLS and TCP a batch counts as taken when the receiver
// has read it to its end and closed in order (over TLS with its closing alert); who is killed before that is sent it again. Over UDP it is sent, and that is all.
import { createSocket } from 'node:dgram';
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { connect as connectTls } from 'node:tls';
import { field, text } from '../../domain/wire/loose';
import { classify } from '../../io/failure';
import { secureContext } from '../../io/tls';
import { say } from '../../language/sentence';
import { SpokenError } from '../../language/spoken-error';
import type { SyslogSettings } from '../config/audit-file';
import { material } from '../tls-material';
import type { Told } from './chain';

const BATCH_MS = 10_000;
const TICKETS_MS = 200;
/** What every receiver over TLS should take (RFC 5425 4.3.1). */
const MESSAGE_MAX = 8192;
const DATAGRAM_MAX = 2048;
const ALERT = 1;
const NOTICE = 5;

/** Rejects where it cannot be said that all of them arrived. */
export async function sendSyslog(settings: SyslogSettings, batch: readonly Told[]): Promise<void> {
  const isUdp = settings.transport === 'udp';
  const messages = batch.map((told) => message(told, settings.facility, isUdp ? DATAGRAM_MAX : MESSAGE_MAX));
  if (isUdp) return sendDatagrams(settings, messages);
  return sendStream(settings, Buffer.concat(messages.flatMap((one) => [Buffer.from(`${one.length} `), one])));
}

/** One message. `max`: bytes; what is longer loses its words at the end, never journal, number and hash. */
export function message(told: Told, facility: number, max: number, host = hostname()): Buffer {
  const { journal, seq, hash, at } = told;
  const severity = told.what === 'gap' || kindOf(told) === 'record_broken' ? ALERT : NOTICE;
  const params = { journal, seq: String(seq), hash };
  const data = Object.entries(params).map(([name, value]) => `${name}="${value.replace(/["\\\]]/g, '\\$&')}"`);
  const name = (host.replace(/[^\x21-\x7e]/g, '') || '-').slice(0, 255);
  const kind = told.what === 'entry' ? told.entry.kind : told.what;
  const begin = `<${8 * facility + severity}>1 ${new Date(at).toISOString()} ${name} howdah ${process.pid} ${kind} [howdah@32473 ${data.join(' ')}] `;
  return cut(Buffer.from(begin + JSON.stringify(wordsOf(told))), max);
}

function kindOf(told: Told): string | null {
  return told.what === 'entry' ? text(field(field(told.entry.body, 'event'), 'kind')) : null;
}

/** Who did what, where, why and how it ended; the whole entry is in the journal, and its hash is in every message. */
function wordsOf(told: Told): Readonly<Record<string, unknown>> {
  if (told.what === 'head') return { head: told.seq };
  if (told.what === 'gap') return { dropped: told.dropped, text: told.text };
  const { entry } = told;
  const [record, event] = [field(entry.body, 'record'), field(entry.body, 'event')];
  const said = {
    seq: entry.seq,
    id: entry.actionId,
    cluster: entry.scope === '' ? null : entry.scope,
    what: field(field(record, 'request'), 'kind') ?? field(event, 'kind'),
    actor: field(record, 'actor') ?? field(event, 'actor'),
    address: field(event, 'address'),
    outcome: field(record, 'outcome'),
    reason: field(record, 'reason') ?? field(entry.body, 'reason'),
    text: field(record, 'outcomeText') ?? field(event, 'text'),
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value != null));
}

/** Never in the middle of a character. */
function cut(bytes: Buffer, max: number): Buffer {
  if (bytes.length <= max) return bytes;
  let end = max;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}

function sendStream(settings: SyslogSettings, bytes: Buffer): Promise<void> {
  const { host, port, transport } = settings;
  const tls = material(settings.tls);
  const raw = connectPlain({ host, port });
  const socket: Socket =
    transport === 'tcp'
      ? raw
      : connectTls({
          socket: raw,
          ...(tls === null ? {} : { secureContext: secureContext(tls), rejectUnauthorized: tls.verify }),
          servername: tls?.serverName ?? (isIP(host) > 0 ? '' : host),
        });
  return new Promise((resolve, reject) => {
    let isSent = false;
    let failure: Error | null = null;
    /** Bytes that had come before its last word; over TLS that is an alert of its own, which one who was killed does not send. */
    let before = 0;
    const mark = (): void => {
      before = raw.bytesRead;
    };
    const fail = (why: Error): void => {
      failure ??= why;
      socket.destroy();
      raw.destroy();
    };
    const timer = setTimeout(
      () => fail(new SpokenError(say`it did not take the messages within ${BATCH_MS / 1000} s`)),
      BATCH_MS,
    );
    const send = (): void => {
      if (!socket.writableEnded) socket.end(bytes);
    };
    if (transport === 'tcp') socket.once('connect', send);
    // Its tickets come first, so that they are not taken for the last word.
    else socket.once('secureConnect', () => setTimeout(send, TICKETS_MS)).on('session', mark);
    socket.once('finish', () => {
      isSent = true;
      mark();
    });
    for (const one of [socket, raw]) one.on('error', (error) => fail(new SpokenError(classify(error).message)));
    socket.once('close', () => {
      clearTimeout(timer);
      const isRead = isSent && (transport === 'tcp' || raw.bytesRead > before);
      if (failure === null && isRead) resolve();
      else reject(failure ?? new SpokenError(say`it closed the connection before it had read everything`));
    });
    socket.resume();
  });
}

async function sendDatagrams({ host, port }: SyslogSettings, messages: readonly Buffer[]): Promise<void> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  try {
    for (const one of messages)
      await new Promise<void>((resolve, reject) =>
        socket.send(one, port, host, (error) => (error === null ? resolve() : reject(error))),
      );
  } finally {
    socket.close();
  }
}
