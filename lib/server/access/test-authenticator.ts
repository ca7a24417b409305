// An authenticator as WebAuthn has it, of software: keys of P-256, attestation `none`. What a dishonest one would do is asked for by `lies`.
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface Lies {
  readonly origin?: string;
  readonly rpId?: string;
  readonly type?: string;
  /** Of another question. */
  readonly challenge?: string;
  readonly isUserVerified?: boolean;
  readonly counter?: number;
  /** Signed by another key. */
  readonly key?: KeyObject;
}

type Options = Readonly<Record<string, unknown>>;

const sha256 = (data: Buffer | string): Buffer => createHash('sha256').update(data).digest();

/** CBOR of the few things that are written here. */
function cbor(value: unknown): Buffer {
  const head = (major: number, count: number): Buffer =>
    count < 24
      ? Buffer.of((major << 5) | count)
      : count < 256
        ? Buffer.of((major << 5) | 24, count)
        : Buffer.of((major << 5) | 25, count >> 8, count & 255);
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  const pairs = [...(value as Map<unknown, unknown>)];
  return Buffer.concat([head(5, pairs.length), ...pairs.flatMap(([key, one]) => [cbor(key), cbor(one)])]);
}

export class TestAuthenticator {
  readonly id = randomBytes(20);
  readonly #origin: string;
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  counter = 0;

  constructor(origin: string) {
    this.#origin = origin;
  }

  create(options: Options, lies: Lies = {}): Options {
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' });
    const key = new Map<number, unknown>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(x, 'base64url')],
      [-3, Buffer.from(y, 'base64url')],
    ]);
    const length = Buffer.of(0, this.id.length);
    const rpId = (options.rp as { readonly id: string }).id;
    const data = [this.#head(lies.rpId ?? rpId, 0x40, lies), Buffer.alloc(16), length, this.id, cbor(key)];
    const attestation = new Map<string, unknown>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', Buffer.concat(data)],
    ]);
    const clientDataJSON = this.#clientData('webauthn.create', options, lies).toString('base64url');
    const attestationObject = cbor(attestation).toString('base64url');
    return this.#answer({ clientDataJSON, attestationObject, transports: ['internal', 'carrier-pigeon'] });
  }

  get(options: Options, lies: Lies = {}): Options {
    this.counter += 1;
    const data = this.#head(lies.rpId ?? String(options.rpId), 0, lies);
    const client = this.#clientData('webauthn.get', options, lies);
    const signature = sign('sha256', Buffer.concat([data, sha256(client)]), lies.key ?? this.#keys.privateKey);
    return this.#answer({
      clientDataJSON: client.toString('base64url'),
      authenticatorData: data.toString('base64url'),
      signature: signature.toString('base64url'),
    });
  }

  #head(rpId: string, more: number, { isUserVerified = true, counter = this.counter }: Lies): Buffer {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([sha256(rpId), Buffer.of(0x01 | (isUserVerified ? 0x04 : 0) | more), count]);
  }

  #clientData(type: string, options: Options, lies: Lies): Buffer {
    const { challenge = String(options.challenge), origin = this.#origin } = lies;
    return Buffer.from(JSON.stringify({ type: lies.type ?? type, challenge, origin, crossOrigin: false }));
  }

  #answer(response: Options): Options {
    const id = this.id.toString('base64url');
    return { id, rawId: id, type: 'public-key', response, clientExtensionResults: {} };
  }
}
