// From any button to the one part of the desk that answers it, without a context around the whole page. The desk's code comes after
// the page: what was asked for before it is there is remembered, the newest only, and not lost.

export interface Mailbox<T> {
  readonly call: (value: T) => void;
  /** Hears each call, also one from before. One hears at a time. Returns its end. */
  readonly hear: (listener: (value: T) => void) => () => void;
}

export function createMailbox<T>(): Mailbox<T> {
  let waiting: { readonly value: T } | null = null;
  let heard: ((value: T) => void) | null = null;
  return {
    call: (value) => {
      if (heard === null) waiting = { value };
      else heard(value);
    },
    hear: (listener) => {
      heard = listener;
      const before = waiting;
      waiting = null;
      if (before !== null) listener(before.value);
      return () => {
        if (heard === listener) heard = null;
      };
    },
  };
}
