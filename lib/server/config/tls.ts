// Turns certificate and key files into a TlsProfile, and refuses at the start what would only fail at the first handshake.
// Keys leave here unencrypted and inside a Secret; a key that stands in the certificate's file is moved out of it,
// because `cert` is plain text.

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { buildSecret, type Secret } from './secret';
import { reading } from './yaml-file';
import { build, type Complain, flag, maybe, section, text } from './yaml-schema';

/** A key is always unencrypted PEM; `ca: null` means the system's CAs; a `serverName` overrides the host name that is checked. */
export interface TlsProfile {
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: Secret | null;
  readonly serverName: string | null;
  readonly verify: boolean;
}

/** The certificate that Howdah shows. */
export interface ListenTls {
  /** PEM, with those between it and what browsers know. */
  readonly cert: string;
  /** Unencrypted PEM. */
  readonly key: Secret;
  /** What it was read from, absolute; a change of one of them is a new certificate. */
  readonly files: readonly string[];
}

const CERTIFICATE = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED )?CERTIFICATE-----/g;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/;

/** As written: paths of files, or the PEM text itself; null: not given; undefined: wrong. */
export interface TlsParts {
  readonly ca: string | null | undefined;
  readonly cert: string | null | undefined;
  readonly key: string | null | undefined;
  readonly serverName?: string | null | undefined;
  readonly verify?: boolean | undefined;
  readonly passphrase?: Secret | null | undefined;
}

type Part = 'ca' | 'cert' | 'key';
type ComplainOf = (part: Part, ...complaint: Parameters<Complain> extends [unknown, ...infer R] ? R : never) => void;

export function readTls(parts: TlsParts, complain: ComplainOf): TlsProfile {
  const ca = readCertificates('ca', readPem('ca', parts.ca, complain), complain);
  const certText = readPem('cert', parts.cert, complain);
  const cert = readCertificates('cert', certText, complain);
  const own = PRIVATE_KEY.exec(certText ?? '')?.[0] ?? null;
  const at = parts.key === null ? 'cert' : 'key';
  const key = readKey(at, at === 'cert' ? own : readPem('key', parts.key, complain), parts.passphrase, complain);
  if (cert !== null && parts.key === null && own === null)
    complain('cert', 'a key beside the certificate', 'neither key nor this file holds one');
  if (key !== null && parts.cert === null) complain('key', 'a certificate beside the key', 'cert is missing');
  if (cert !== null && key !== null && !new X509Certificate(cert).checkPrivateKey(key))
    complain('cert', 'a certificate and its own key', 'the key belongs to another certificate');
  const pem = key?.export({ format: 'pem', type: 'pkcs8' }).toString() ?? null;
  const { serverName = null, verify = true } = parts;
  return { ca, cert, key: pem === null ? null : buildSecret(pem), serverName, verify };
}

const isInline = (text: string): boolean => text.includes('-----BEGIN ');

function readPem(part: Part, text: string | null | undefined, complain: ComplainOf): string | null {
  if (text == null || isInline(text)) return text ?? null;
  const content = reading().open(text);
  if ('text' in content) return content.text;
  complain(part, 'a readable file', { because: content.why });
  return null;
}

function readCertificates(part: Part, text: string | null, complain: ComplainOf): string | null {
  if (text === null) return null;
  const blocks = text.match(CERTIFICATE) ?? [];
  try {
    for (const block of blocks) new X509Certificate(block);
    if (blocks.length > 0) return `${blocks.join('\n')}\n`;
    complain(part, 'a file with a PEM certificate', 'there is none in it');
  } catch {
    complain(part, 'a file with a PEM certificate', 'a certificate in it cannot be decoded');
  }
  return null;
}

function readKey(
  part: Part,
  text: string | null,
  passphrase: Secret | null | undefined,
  complain: ComplainOf,
): KeyObject | null {
  if (text === null) return null;
  const block = PRIVATE_KEY.exec(text)?.[0];
  const isEncrypted = block !== undefined && /ENCRYPTED/.test(block);
  if (block === undefined) complain(part, 'a file with a PEM private key', 'there is none in it');
  else if (isEncrypted && passphrase == null) complain(part, 'a private key without a passphrase', 'it is encrypted');
  else
    try {
      // An empty passphrase keeps OpenSSL from asking at the terminal.
      return createPrivateKey({ key: block, passphrase: passphrase?.reveal() ?? '' });
    } catch {
      const found = isEncrypted ? 'it cannot be decrypted with the passphrase' : 'it cannot be decoded';
      complain(part, 'a file with a PEM private key', found);
    }
  return null;
}

/** A path, {file: path}, or the PEM text itself. */
const pem = (expected = 'the path of a file') =>
  z
    .preprocess(
      (value) => (value == null || typeof value === 'object' ? (value ?? undefined) : { file: value }),
      section({ file: text(expected) }, expected),
    )
    .transform(({ file }) => file);

const profile = (verify: z.ZodType<boolean>) =>
  maybe(
    build(
      section({
        ca: maybe(pem()),
        cert: maybe(pem()),
        key: maybe(pem()),
        serverName: maybe(text('a host name')),
        verify: maybe(verify, true),
      }),
      (parts, complain) => readTls(parts, (part, ...complaint) => complain([part, 'file'], ...complaint)),
    ),
  );
export const tls = profile(flag);
/** npm etcd3 1.1.2 cannot leave it unchecked; ignoring the wish would end in a handshake error nobody understands. */
export const etcdTls = profile(
  flag.refine((verify) => verify, {
    error: 'true, or ca or serverName that fit',
    params: { found: "etcd's certificate is always checked" },
  }),
);

/** `ca` goes out with the certificate: those between it and what browsers know. */
export const listenTls = build(
  section({ cert: pem('the certificate of this server'), key: maybe(pem()), ca: maybe(pem()) }),
  ({ ca, cert, key }, complain): ListenTls => {
    const read = readTls({ ca, cert, key }, (part, ...complaint) => complain([part, 'file'], ...complaint));
    const names = [ca, cert, key].flatMap((name) => (name == null || isInline(name) ? [] : reading().resolve(name)));
    return { cert: (read.cert ?? '') + (read.ca ?? ''), key: read.key ?? buildSecret(''), files: names };
  },
);
