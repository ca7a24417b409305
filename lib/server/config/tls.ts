// Turns certificate and key files into a TlsProfile, and refuses at the start what would only fail at the first handshake.
// Keys leave here unencrypted and inside a Secret; a key that stands in the certificate's file is moved out of it,
// because `cert` is plain text.

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { buildSecret, type Secret } from './secret';
import type { TlsProfile } from './settings';
import type { Field } from './yaml-field';

export interface TlsFields {
  readonly ca: Field;
  readonly cert: Field;
  readonly key: Field;
  readonly serverName: string | null;
  readonly verify: boolean;
  readonly passphrase: Secret | null;
}

const CERTIFICATE = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED )?CERTIFICATE-----/g;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/;

export function readTls(fields: TlsFields): TlsProfile {
  const ca = fields.ca.isAbsent ? null : readCertificates(fields.ca, readPem(fields.ca));
  const certText = fields.cert.isAbsent ? null : readPem(fields.cert);
  const cert = fields.cert.isAbsent ? null : readCertificates(fields.cert, certText);
  const own = PRIVATE_KEY.exec(certText ?? '')?.[0] ?? null;
  const key = readKey(fields, own);
  if (cert !== null && fields.key.isAbsent && own === null) {
    fields.cert.problem({ expected: 'a key beside the certificate', message: 'neither key nor this file holds one' });
  }
  if (cert === null && key !== null && fields.cert.isAbsent) {
    fields.key.problem({ expected: 'a certificate beside the key', message: 'cert is missing' });
  }
  if (cert !== null && key !== null && !new X509Certificate(cert).checkPrivateKey(key)) {
    fields.cert.problem({
      expected: 'a certificate and its own key',
      message: 'the key belongs to another certificate',
    });
  }
  const pem = key?.export({ format: 'pem', type: 'pkcs8' }).toString() ?? null;
  return {
    ca,
    cert,
    key: pem === null ? null : buildSecret(pem),
    serverName: fields.serverName,
    verify: fields.verify,
  };
}

/** A path, or the PEM text itself. */
function readPem(field: Field): string | null {
  const inline = field.rawText?.includes('-----BEGIN ') ?? false;
  return inline ? field.readText('PEM text') : field.readFile();
}

function readCertificates(field: Field, text: string | null): string | null {
  if (text === null) return null;
  const blocks = text.match(CERTIFICATE) ?? [];
  const expected = 'a file with a PEM certificate';
  if (blocks.length === 0) return field.problem({ expected, message: 'there is none in it' });
  try {
    for (const block of blocks) new X509Certificate(block);
  } catch {
    return field.problem({ expected, message: 'a certificate in it cannot be decoded' });
  }
  return `${blocks.join('\n')}\n`;
}

function readKey(fields: TlsFields, own: string | null): KeyObject | null {
  const field = fields.key.isAbsent ? fields.cert : fields.key;
  const text = fields.key.isAbsent ? own : readPem(fields.key);
  if (text === null) return null;
  const block = PRIVATE_KEY.exec(text)?.[0];
  if (block === undefined) {
    return field.problem({ expected: 'a file with a PEM private key', message: 'there is none in it' });
  }
  const encrypted = /ENCRYPTED/.test(block);
  if (encrypted && fields.passphrase === null) {
    return field.problem({ expected: 'a private key without a passphrase', message: 'it is encrypted' });
  }
  try {
    // An empty passphrase keeps OpenSSL from asking at the terminal.
    return createPrivateKey({ key: block, passphrase: fields.passphrase?.reveal() ?? '' });
  } catch {
    const message = encrypted ? 'it cannot be decrypted with the passphrase' : 'it cannot be decoded';
    return field.problem({ expected: 'a file with a PEM private key', message });
  }
}
