// One connection to one PostgreSQL that may be anybody's: conn_url comes from the DCS. What arrives is counted before pg reads
// it, because pg keeps whole messages and all rows: bytes and messages of a question, the length that a message says of itself.
// The same reader sees what the server asks for at the sign-in, so that no password leaves in a form which the other side can read.
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Client, type QueryResult, type types } from 'pg';
import { failure } from '../domain/reading-failure';
import { say, type Text } from '../language/sentence';
import { ReadingRefused } from './failure';
import { outsideWords } from './networks';
import { sslOf, type TlsMaterial } from './tls';

export interface PostgresTarget {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string | null;
  readonly database: string;
  readonly tls: TlsMaterial | null;
  /** The password also goes where the server asks for it in clear text or as MD5, over whatever connection. */
  readonly allowCleartext: boolean;
  /** Where credentials may go at all; null: anywhere. */
  readonly isInside: ((address: string) => boolean) | null;
}

export interface PostgresLink {
  readonly client: Client;
  /** What is allowed begins anew. */
  query(statement: string, values?: readonly unknown[]): Promise<QueryResult>;
  /** At once, without a goodbye. */
  destroy(): void;
}

/** Of one question, the sign-in being one. The longest honest answer, all settings of a server, is some 200 KiB. */
const QUESTION_MAX_BYTES = 4 * 1024 * 1024;
/** Every answer here is one row; the others are notices and parameters. */
const QUESTION_MAX_MESSAGES = 1000;
const SIGN_IN_MAX_BYTES = 4096;
/** PostgreSQL's own default is 4096; each hundred thousand holds one of four threads for some 50 ms. */
const SCRAM_MAX_ROUNDS = 1_000_000;

const HEADER_BYTES = 5;
const AUTHENTICATION = 'R'.charCodeAt(0);
const CLEARTEXT = 3;
const MD5 = 5;
const SASL_CONTINUE = 11;

// The answers are one text column each; nothing else is fetched, so the parsers of pg are not involved.
const RAW_TEXT = { getTypeParser: () => (value: string) => value } as unknown as typeof types;

/** Not connected yet: `client.connect()` does. `onError` is told of what happens while nothing is asked. */
export function openPostgres(
  target: PostgresTarget,
  own: { readonly name: string; readonly options: string; readonly connectMs: number },
  onError: (error: Error) => void = () => undefined,
): PostgresLink {
  const { host, port, username, password, database, tls, isInside } = target;
  const socket = new Socket();
  // Before pg says who it is.
  socket.once('connect', () => {
    if (isInside !== null && !isInside(socket.remoteAddress ?? ''))
      socket.destroy(new ReadingRefused({ kind: 'denied', message: outsideWords(socket.remoteAddress ?? host) }));
  });
  const client = new Client({
    host,
    port,
    user: username,
    database,
    password: () => {
      if (password === null) throw new ReadingRefused(failure('auth', say`it asks for a password, and none is set`));
      return password;
    },
    ssl: tls === null ? false : sslOf(tls),
    stream: () => socket,
    connectionTimeoutMillis: own.connectMs,
    application_name: own.name,
    options: own.options,
    types: RAW_TEXT,
  });
  // Without a listener a server that goes away would end the process.
  client.on('error', onError);
  const intake = new Intake(target.allowCleartext || tls?.verify === true);
  watch(client, intake);
  return {
    client,
    query: (statement, values) => {
      intake.begin();
      return client.query(statement, values === undefined ? undefined : [...values]);
    },
    destroy: () => socket.destroy(),
  };
}

/** The only value of a statement that builds one. */
export async function answerOf(link: PostgresLink, statement: string): Promise<string> {
  const { rows } = await link.query(statement);
  const value: unknown = rows[0]?.answer;
  if (typeof value !== 'string') throw new Error('the statement gave no row');
  return value;
}

/** pg attaches its parser to the socket, or to the TLS over it; this stands between the two. */
function watch(client: Client, intake: Intake): void {
  const { connection } = client as unknown as { connection: { attachListeners(stream: Pick<Duplex, 'on'>): void } };
  const attach = connection.attachListeners.bind(connection);
  connection.attachListeners = (stream) => {
    const { on } = stream;
    const seen: Pick<Duplex, 'on'> = {
      on: ((event: string, listener: (...args: unknown[]) => void) => {
        if (event !== 'data') return on.call(stream, event, listener);
        return on.call(stream, event, (chunk: Buffer) => {
          const why = intake.take(chunk);
          if (why === null) listener(chunk);
          else (stream as Duplex).destroy(why);
        });
      }) as Duplex['on'],
    };
    attach(seen);
  };
}

/** Reads the headers of messages as they pass; keeps nothing but a sign-in message. */
class Intake {
  readonly #mayReadPassword: boolean;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerBytes = 0;
  /** Of the message that passes: what is still to come, and what was kept of it. */
  #left = 0;
  #kept: Buffer[] | null = null;
  #bytes = 0;
  #messages = 0;
  #refused: ReadingRefused | null = null;

  constructor(mayReadPassword: boolean) {
    this.#mayReadPassword = mayReadPassword;
  }

  begin(): void {
    this.#bytes = 0;
    this.#messages = 0;
  }

  /** null: go on. Once refused nothing is taken any more. */
  take(chunk: Buffer): ReadingRefused | null {
    this.#refused ??= this.#assess(chunk);
    return this.#refused;
  }

  #assess(chunk: Buffer): ReadingRefused | null {
    this.#bytes += chunk.length;
    if (this.#bytes > QUESTION_MAX_BYTES) return tooMuch();
    let at = 0;
    while (at < chunk.length) {
      if (this.#headerBytes < HEADER_BYTES) {
        const copied = chunk.copy(this.#header, this.#headerBytes, at, at + HEADER_BYTES - this.#headerBytes);
        this.#headerBytes += copied;
        at += copied;
        if (this.#headerBytes < HEADER_BYTES) return null;
        const refused = this.#beginMessage();
        if (refused !== null) return refused;
      } else {
        const part = chunk.subarray(at, at + this.#left);
        this.#kept?.push(part);
        this.#left -= part.length;
        at += part.length;
      }
      if (this.#left > 0) continue;
      const refused = this.#kept === null ? null : this.#signIn(Buffer.concat(this.#kept));
      if (refused !== null) return refused;
      this.#headerBytes = 0;
      this.#kept = null;
    }
    return null;
  }

  #beginMessage(): ReadingRefused | null {
    const isSignIn = this.#header[0] === AUTHENTICATION;
    this.#left = this.#header.readUInt32BE(1) - 4;
    this.#kept = isSignIn ? [] : null;
    this.#messages += 1;
    if (this.#left < 0) return refusal(say`it does not speak PostgreSQL's protocol`);
    if (this.#left > (isSignIn ? SIGN_IN_MAX_BYTES : QUESTION_MAX_BYTES)) return tooMuch();
    return this.#messages > QUESTION_MAX_MESSAGES ? tooMuch() : null;
  }

  #signIn(body: Buffer): ReadingRefused | null {
    const kind = body.length < 4 ? null : body.readInt32BE(0);
    if (!this.#mayReadPassword && (kind === CLEARTEXT || kind === MD5))
      return new ReadingRefused(failure('auth', kind === MD5 ? AS_MD5 : IN_CLEAR));
    if (kind !== SASL_CONTINUE) return null;
    const [, rounds] = /(?:^|,)i=(\d+)(?:,|$)/.exec(body.toString('latin1', 4)) ?? [];
    return Number(rounds ?? 0) > SCRAM_MAX_ROUNDS ? refusal(say`its SCRAM asks for ${Number(rounds)} rounds`) : null;
  }
}

const IN_CLEAR = say`it asks for the password in clear text, and the connection has no TLS that is checked`;
const AS_MD5 = say`it asks for the password as MD5, and the connection has no TLS that is checked`;

function tooMuch(): ReadingRefused {
  return refusal(say`it answers with more than was asked for`);
}

function refusal(why: Text): ReadingRefused {
  return new ReadingRefused(failure('malformed', why));
}
