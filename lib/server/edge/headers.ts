// What every answer says to the browser, pages and errors alike. A script runs only where it carries the nonce of this answer:
// Next reads it from the request's own Content-Security-Policy header and puts it on each of its scripts.
import type { Arrival } from './peer';

export interface PolicyOptions {
  readonly nonce: string;
  /** The development server evaluates modules and writes style elements. */
  readonly dev: boolean;
}

/** Of pages, and of the workers in public/. */
export function pagePolicy({ nonce, dev }: PolicyOptions): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ''}`,
    `style-src 'self' ${dev ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    // React writes style attributes into the HTML (widths of bars, places in the topology). They cannot load or run anything
    // but what img-src and font-src allow.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "object-src 'none'",
  ].join('; ');
}

/** Of what is no page: opened as a document it may do nothing at all. */
export const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox";

const FIXED: readonly (readonly [name: string, value: string])[] = [
  ['X-Frame-Options', 'DENY'],
  ['X-Content-Type-Options', 'nosniff'],
  ['Referrer-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  [
    'Permissions-Policy',
    ['accelerometer', 'camera', 'display-capture', 'geolocation', 'gyroscope', 'magnetometer', 'microphone', 'midi']
      .concat(['payment', 'serial', 'usb', 'xr-spatial-tracking'])
      .map((feature) => `${feature}=()`)
      .join(', '),
  ],
];

/** A year. Subdomains are not ours to speak for. */
const HSTS = 'max-age=31536000';

export interface AnswerOptions {
  readonly arrival: Arrival;
  readonly isLoopback: boolean;
  readonly policy: string;
}

export function answerHeaders({ arrival, isLoopback, policy }: AnswerOptions): [name: string, value: string][] {
  const headers: [string, string][] = FIXED.map(([name, value]) => [name, value]);
  headers.push(['Content-Security-Policy', policy]);
  // Browsers ignore it elsewhere, and complain in the console.
  if (arrival.secure || isLoopback) headers.push(['Cross-Origin-Opener-Policy', 'same-origin']);
  // Of localhost it would break every plain http server of that machine.
  if (arrival.secure && !isLoopback) headers.push(['Strict-Transport-Security', HSTS]);
  return headers;
}
