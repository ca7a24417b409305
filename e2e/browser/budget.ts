// How much JavaScript a page makes a browser load, compressed: what a bad link and a small screen pay for it.
import { gzipSync } from 'node:zlib';
import type { Page, Response } from '@playwright/test';

export interface Loaded {
  readonly bytes: number;
  /** Largest first: `41 230 /_next/static/chunks/…`. */
  readonly scripts: readonly string[];
}

/** All scripts that `page` loads while `visit` runs, each compressed by itself as a server does. */
export async function scriptsOf(page: Page, visit: () => Promise<void>): Promise<Loaded> {
  const found: Response[] = [];
  const listen = (response: Response): void => {
    const type = response.headers()['content-type'] ?? '';
    if (response.ok() && (response.request().resourceType() === 'script' || /javascript/.test(type)))
      found.push(response);
  };
  page.on('response', listen);
  await visit();
  page.off('response', listen);
  const sizes = new Map<string, number>();
  for (const response of found) {
    const body = await response.body().catch(() => null);
    if (body !== null) sizes.set(new URL(response.url()).pathname, gzipSync(body).length);
  }
  const sorted = [...sizes].sort(([, a], [, b]) => b - a);
  return {
    bytes: sorted.reduce((sum, [, size]) => sum + size, 0),
    scripts: sorted.map(([path, size]) => `${String(size).padStart(7)} ${path}`),
  };
}
