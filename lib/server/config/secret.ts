// A password or private key that cannot slip out by accident: JSON, string conversion and console.log all show '[secret]'.
// The text lives in a private field, which structuredClone and postMessage drop too: a worker that needs the
// configuration calls configFromProcess() itself instead of being sent this object.

import { inspect } from 'node:util';

export interface Secret {
  reveal(): string;
}

class HiddenText implements Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}

export function buildSecret(text: string): Secret {
  return new HiddenText(text);
}
