// One connection to a directory, and no second one: ldapts connects again by itself and in the clear where a connection with StartTLS was
// cut, and reads on behind StartTLS what came before it in the clear. So StartTLS is spoken here, and ldapts gets a socket that has it.
import net from 'node:net';
import { Client } from 'ldapts';
import { secureContext, type TlsMaterial } from '../../io/tls';

export interface LdapPlace {
  /** `ldaps://host:port` or `ldap://host:port`. */
  readonly url: string;
  readonly startTls: boolean;
  readonly tls: TlsMaterial | null;
}

const CONNECT_MS = 3000;
const OPERATION_MS = 5000;
/** Of all answers of one connection; a person with their groups is some kilobytes. */
const BYTES_MAX = 4 * 1024 * 1024;
const START_TLS_BYTES = 1024;
const PORT = { ldap: 389, ldaps: 636 } as const;

/** ExtendedRequest 1.3.6.1.4.1.1466.20037 as message 1 (RFC 4511, 4.14). */
const OID = Buffer.from('1.3.6.1.4.1.1466.20037');
const START_TLS = Buffer.concat([
  Buffer.of(0x30, OID.length + 7, 0x02, 0x01, 0x01, 0x77, OID.length + 2, 0x80, OID.length),
  OID,
]);

/** Rejects where nobody answers in time, or not with the certificate that was expected. The caller unbinds. */
export async function openLdap({ url, startTls, tls }: LdapPlace, bytes: number = BYTES_MAX): Promise<Client> {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const number = Number(port) || (protocol === 'ldaps:' ? PORT.ldaps : PORT.ldap);
  const isSecure = protocol === 'ldaps:' || startTls;
  const socket = await connected(host, number);
  try {
    if (startTls) await speakStartTls(socket);
    const name = tls?.serverName ?? (net.isIP(host) === 0 ? host : null);
    const client = new Client({
      url: `${isSecure ? 'ldaps' : 'ldap'}://${net.isIP(host) === 6 ? `[${host}]` : host}:${number}`,
      timeout: OPERATION_MS,
      connectTimeout: CONNECT_MS,
      ...(isSecure
        ? {
            tlsOptions: {
              socket,
              rejectUnauthorized: tls?.verify ?? true,
              ...(tls === null ? {} : { secureContext: secureContext(tls) }),
              ...(name === null ? {} : { servername: name }),
            },
          }
        : {}),
    });
    if (!isSecure) socket.destroy();
    await attach(client, bytes);
    return client;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** ldapts keeps its socket to itself. */
async function attach(client: Client, bytes: number): Promise<void> {
  const inside = client as unknown as { socket?: net.Socket; _connect(): Promise<void> | undefined };
  await inside._connect();
  inside._connect = () => Promise.reject(new Error('connection closed'));
  let left = bytes;
  inside.socket?.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) inside.socket?.destroy(new Error('the directory answers with more than was asked for'));
  });
}

function connected(host: string, port: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port });
    socket.setTimeout(CONNECT_MS, () => socket.destroy(Object.assign(new Error('late'), { code: 'ETIMEDOUT' })));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.removeListener('error', reject);
      socket.on('error', () => undefined);
      socket.setTimeout(0);
      resolve(socket);
    });
  });
}

/** The answer alone, to its last byte: what stands behind it was written by whoever sits in between. */
function speakStartTls(socket: net.Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let answer = Buffer.alloc(0);
    const late = setTimeout(() => end(Object.assign(new Error('late'), { code: 'ETIMEDOUT' })), CONNECT_MS);
    const onClose = (): void => end(new Error('connection closed'));
    const end = (error: Error | null): void => {
      clearTimeout(late);
      socket.removeListener('data', onData);
      socket.removeListener('close', onClose);
      socket.pause();
      if (error === null) resolve();
      else reject(error);
    };
    const onData = (chunk: Buffer): void => {
      answer = Buffer.concat([answer, chunk]);
      const length = lengthOf(answer);
      if (answer.length > START_TLS_BYTES || (length !== null && answer.length > length))
        end(new Error('something follows the answer to StartTLS'));
      else if (length === answer.length) end(isStarted(answer) ? null : new Error('the directory refuses StartTLS'));
    };
    socket.on('data', onData);
    socket.once('close', onClose);
    socket.write(START_TLS);
  });
}

/** Of the whole message; null: its head has not come yet. */
function lengthOf(message: Buffer): number | null {
  const [, first] = message;
  if (first === undefined) return null;
  if (first < 0x80) return first + 2;
  const count = first & 0x7f;
  if (count === 0 || count > 4) return START_TLS_BYTES + 1;
  return message.length < 2 + count ? null : 2 + count + message.readUIntBE(2, count);
}

/** LDAPMessage 1, ExtendedResponse, resultCode success. */
function isStarted(message: Buffer): boolean {
  const body = message.subarray((message[1] ?? 0) < 0x80 ? 2 : 2 + ((message[1] ?? 0) & 0x7f));
  const operation = body.subarray(3);
  const result = operation.subarray((operation[1] ?? 0) < 0x80 ? 2 : 2 + ((operation[1] ?? 0) & 0x7f));
  return (
    message[0] === 0x30 &&
    body.subarray(0, 3).equals(Buffer.of(2, 1, 1)) &&
    operation[0] === 0x78 &&
    result.subarray(0, 3).equals(Buffer.of(0x0a, 1, 0))
  );
}
