// Short names made of long ones, the same wherever they are made. Not a secret and no proof: 64 bits against chance only.

/** 16 hex digits: FNV-1a twice, forwards with one offset and with another. */
export function fingerprint(text: string): string {
  return half(text, 0x811c9dc5) + half(text, 0x2f0b4c47);
}

function half(text: string, offset: number): string {
  let hash = offset;
  for (let at = 0; at < text.length; at++) {
    hash ^= text.charCodeAt(at);
    hash = Math.imul(hash, 0x01000193);
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x7feb352d);
  hash ^= hash >>> 15;
  return (hash >>> 0).toString(16).padStart(8, '0');
}
