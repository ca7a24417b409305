// Making a wall's link, and opening it.
import { expect, type Locator, type Page } from '@playwright/test';
import type { WallCreated, WallDraft } from '../../lib/contract/access';

export const SIZES = [
  { width: 1920, height: 1080 },
  { width: 3840, height: 2160 },
] as const;

/** `token`: where Howdah asks for a sign-in. */
export function wallOrder(url: string, at: string, body: object, token?: string): Promise<Response> {
  const headers = {
    'content-type': 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  return fetch(url + at, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** The store of a Howdah that has just started is still opening. */
export async function makeWall(
  url: string,
  change: Partial<WallDraft> = {},
  token?: string,
): Promise<{ readonly id: string; readonly at: string }> {
  const draft = { name: 'NOC', labels: {}, scopes: null, hosts: false, theme: 'dark', sound: false, language: 'en' };
  let made: WallCreated | null = null;
  await expect(async () => {
    const answer = await wallOrder(url, '/api/walls', { ...draft, days: null, ...change }, token);
    expect(answer.status, await answer.clone().text()).toBe(200);
    made = (await answer.json()) as WallCreated;
  }).toPass({ timeout: 60_000 });
  const { wall, link } = made as unknown as WallCreated;
  return { id: wall.id, at: `${url}/wall/${link.split('/wall/')[1]}` };
}

export const phase = (page: Page): Locator => page.locator('main');

export async function opened(page: Page, at: string): Promise<void> {
  await page.goto(at);
  await expect(phase(page)).toHaveAttribute('data-phase', 'open');
}
