// The server that owns the socket. What must hold for every request is decided here, before Next sees it: size, method, name,
// where it came from, and what every answer says to the browser. Who the caller is and what they may do is not: doorway.ts decides.

import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { ApiError } from '../../contract/error';
import { ERRORS, type ErrorCode } from '../../contract/error-codes';
import { BODY_MAX_BYTES, SIGN_IN_BODY_MAX_BYTES } from '../../contract/limits';
import { insideOf } from '../../io/networks';
import { carry } from '../../language/carry';
import { say, type Text } from '../../language/sentence';
import { basePathOf, isLoopback } from '../config/address';
import type { HowdahConfig } from '../config/config';
import type { ListenTls } from '../config/tls';
import { log } from '../log';
import { connectionsFor, openFilesLimit } from '../open-files';
import { answerHeaders, DATA_POLICY, pagePolicy } from './headers';
import { foreignness } from './host';
import { NONCE_HEADER } from './nonce';
import { isReadable } from './path';
import { type Arrival, assessArrival, isClaim, PEER_HEADER } from './peer';
import { watchFiles } from './tls-files';

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => unknown;

export interface WebServerOptions {
  readonly config: HowdahConfig;
  readonly handler: Handler;
  /** Of the development server's own socket to the page; null: nothing is upgraded. */
  readonly upgrade: Upgrade | null;
  readonly dev: boolean;
  /** The certificate as it is now; null: it cannot be read. */
  readonly readTls: () => ListenTls | null;
  /** How often its files are looked at. */
  readonly lookMs?: number;
  /** Of a request; LIMITS where it says nothing. */
  readonly times?: Pick<ServerOptions, 'headersTimeout' | 'requestTimeout' | 'connectionsCheckingInterval'>;
}

/** What routes and pages take; the table of routes has no other, and pages of other origins are answered nothing. */
const METHODS = ['GET', 'HEAD', 'POST'];
const LIMITS: ServerOptions = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  /** Of a whole request, its body included; answers may last for days. */
  requestTimeout: 30_000,
  /** How often both are looked at; Node's own 30 s would make them three and two times as long. */
  connectionsCheckingInterval: 1000,
  /** Above the 60 s for which proxies keep theirs: the one who closes first must not be us. */
  keepAliveTimeout: 65_000,
};
const CONNECTIONS_MAX = 5000;
const HEADERS_MAX = 100;
const LINES_MAX = 120;
const MIN_TLS = 'TLSv1.2';

/** Not listening yet. */
export function openWebServer(options: WebServerOptions): Server {
  const { config, handler, upgrade, dev } = options;
  const isTrusted = insideOf(config.listen.trustedProxies);
  const base = basePathOf(config.publicUrl);
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const { headers, socket } = request;
    const encrypted = 'encrypted' in socket && socket.encrypted === true;
    const arrival = assessArrival({ address: socket.remoteAddress, encrypted, headers }, isTrusted);
    const nonce = randomBytes(16).toString('base64');
    const isData = isDataPath(request.url ?? '', base);
    const policy = isData ? DATA_POLICY : pagePolicy({ nonce, dev });
    alwaysSay(response, answerHeaders({ arrival, isLoopback: isLoopbackHost(arrival.host), policy }));
    const complaint = refusalOf(request, arrival, { config, base });
    if (complaint !== null) {
      noteRefused(request.method ?? '', arrival.peer, complaint);
      refuse(response, complaint);
      return;
    }
    mark(request, arrival);
    headers['content-security-policy'] = policy;
    headers[NONCE_HEADER] = nonce;
    handler(request, response).catch((error: unknown) => {
      log.error({ err: error }, 'a request failed');
      if (response.headersSent) response.destroy();
      else refuse(response, { code: 'internal', message: say`Howdah failed to answer; its log says why` });
    });
  };
  const noteRefused = refusedLines(Date.now);
  const server = serverOf(options, listener);
  server.maxConnections = connectionsFor(openFilesLimit(), CONNECTIONS_MAX);
  server.maxHeadersCount = HEADERS_MAX;
  if (upgrade !== null)
    server.on('upgrade', (request, socket, head) => {
      const own = { method: 'GET', host: request.headers.host ?? null, secure: false, origin: null, fetchSite: null };
      if (foreignness(own, config) === null) upgrade(request, socket, head);
      else socket.destroy();
    });
  return server;
}

/** A line of the log for each, so many a minute. Without the path: the link of a wall has its key there. */
function refusedLines(now: () => number) {
  let minute = 0;
  let lines = 0;
  return (method: string, address: string | null, { code, status = ERRORS[code].status }: Complaint): void => {
    const at = Math.floor(now() / 60_000);
    lines = at === minute ? lines + 1 : 1;
    minute = at;
    if (lines <= LINES_MAX) log.info({ method, address, status, code }, 'refused');
    if (lines === LINES_MAX) log.warn({ each: 'minute', lines: LINES_MAX }, 'more is refused than is logged');
  };
}

function serverOf(
  { config, readTls, lookMs, times }: WebServerOptions,
  listener: Parameters<typeof createServer>[1],
): Server {
  const { tls } = config.listen;
  const limits = { ...LIMITS, ...times };
  if (tls === null) return createServer(limits, listener);
  const material = ({ cert, key }: ListenTls) => ({ cert, key: key.reveal(), minVersion: MIN_TLS }) as const;
  const server = createTlsServer({ ...limits, ...material(tls) }, listener);
  const end = watchFiles(
    tls.files,
    () => {
      const fresh = readTls();
      if (fresh === null) return false;
      server.setSecureContext(material(fresh));
      log.info('the certificate was read again');
      return true;
    },
    lookMs,
  );
  server.on('close', end);
  return server;
}

interface Complaint {
  readonly code: ErrorCode;
  readonly message: Text;
  /** Where it is not that of the code. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

function refusalOf(
  { method = '', url = '', headers, rawHeaders }: IncomingMessage,
  { host, secure }: Arrival,
  { config, base }: { readonly config: HowdahConfig; readonly base: string },
): Complaint | null {
  if (!METHODS.includes(method)) {
    const allow = METHODS.join(', ');
    return { status: 405, code: 'bad_request', message: `expected one of ${allow}`, headers: { allow } };
  }
  const twice = repeated(rawHeaders);
  if (twice !== null) return { code: 'bad_request', message: say`expected one ${twice} header` };
  if (!url.startsWith('/')) return { code: 'bad_request', message: 'expected a path' };
  if (!isReadable(url)) return { code: 'bad_request', message: 'expected a path whose percent-encoding is UTF-8 text' };
  const { origin = null, 'sec-fetch-site': site } = headers;
  const fetchSite = typeof site === 'string' ? site : null;
  const foreign = foreignness({ method, host, secure, origin, fetchSite }, config);
  if (foreign !== null) return { code: 'forbidden', message: foreign };
  // Every client of ours knows the length of what it sends; without it nobody could refuse before reading.
  if (headers['transfer-encoding'] !== undefined)
    return { status: 411, code: 'bad_request', message: 'expected a body with its content-length' };
  const most = pathBelow(url, base).startsWith('/api/auth/') ? SIGN_IN_BODY_MAX_BYTES : BODY_MAX_BYTES;
  if (Number(headers['content-length'] ?? 0) > most)
    return { code: 'too_large', message: say`expected a body of at most ${most / 1024} KiB` };
  return null;
}

/** Of two, Node and whoever stands before us may each believe another one. */
const SINGLE = new Set(['host', 'origin', 'authorization', 'content-type', 'content-length', 'sec-fetch-site']);

function repeated(rawHeaders: readonly string[]): string | null {
  const seen = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase();
    if (seen.has(name)) return name;
    if (SINGLE.has(name)) seen.add(name);
  }
  return null;
}

function refuse(response: ServerResponse, { code, message, headers, status }: Complaint): void {
  const body = JSON.stringify(carry({ code, message } satisfies ApiError));
  // The rest of what was sent is not read: the connection ends with the answer.
  response.writeHead(status ?? ERRORS[code].status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
    ...headers,
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

/** Claims are dropped, ours are set: Next and the handlers then see one truth. */
function mark({ headers }: IncomingMessage, { peer, secure, host }: Arrival): void {
  for (const name of Object.keys(headers)) if (isClaim(name)) delete headers[name];
  delete headers['content-security-policy-report-only'];
  const scheme = secure ? 'https' : 'http';
  if (peer !== null) headers[PEER_HEADER] = peer;
  if (host !== null) headers.host = host;
  // Next makes the address of a request from these.
  headers['x-forwarded-proto'] = scheme;
  if (peer !== null) headers['x-forwarded-for'] = peer;
}

/** Set when the answer begins, over what a route has set: never twice, and not to be forgotten. */
function alwaysSay(response: ServerResponse, headers: readonly (readonly [string, string])[]): void {
  const writeHead = response.writeHead;
  const first: typeof writeHead = (...rest: unknown[]) => {
    response.writeHead = writeHead;
    if (!response.headersSent) for (const [name, value] of headers) response.setHeader(name, value);
    return Reflect.apply(writeHead, response, rest);
  };
  response.writeHead = first;
}

function isDataPath(url: string, base: string): boolean {
  return /^\/(api|metrics)([/?]|$)/.test(pathBelow(url, base));
}

function pathBelow(url: string, base: string): string {
  return url.startsWith(`${base}/`) ? url.slice(base.length) : url;
}

function isLoopbackHost(host: string | null): boolean {
  return isLoopback((host ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1'));
}
