// The incident page: one story, its window in the address, notes that are never lost, reports. Recorded clusters; the answer of a
// scripted afternoon is given in the browser, so that what is shown is known beforehand.
import { expect, type Page, test } from '@playwright/test';
import type { IncidentAnswer, Note } from '../../lib/contract/history';
import type { Incident } from '../../lib/domain/incident/incident';
import { afternoon, at, incident, START } from '../../lib/telling/incident/test-incident';
import { expectAccessible } from './axe';
import { type Recordings, recordings } from './recordings';

const SCOPE = 'distro-healthy';
const HOUR = 3_600_000;

test.use({ timezoneId: 'Europe/Berlin' });

test.describe.configure({ mode: 'parallel' });

let howdah: Recordings;

test.beforeAll(async () => {
  howdah = await recordings();
});

function answerOf(made: Incident, notes: readonly Note[] = made.notes): IncidentAnswer {
  const { history } = made;
  const members = Object.fromEntries(
    Object.entries(history.members).map(([name, { replayBytes }]) => {
      const none = replayBytes.map(() => null);
      return [name, { replayBytes, receiveBytes: replayBytes, replaySeconds: none, timeline: none, state: none }];
    }),
  );
  return {
    ...made,
    scope: SCOPE,
    notes,
    history: {
      ...history,
      scope: SCOPE,
      level: 'full',
      members,
      events: [],
      eventsCut: false,
      problem: null,
    },
  };
}

interface Mocked {
  /** Bodies of POST …/notes, in their order. */
  readonly drafts: object[];
  /** Windows that were asked for. */
  readonly asked: string[];
  /** The next POST answers this problem; null: it is taken. */
  problem: string | null;
}

async function mockIncident(page: Page, made: Incident): Promise<Mocked> {
  let notes = [...made.notes];
  const mocked: Mocked = { drafts: [], asked: [], problem: null };
  const base = `${howdah.url}/api/clusters/${SCOPE}`;
  await page.route(`${base}/incident?*`, async (route) => {
    mocked.asked.push(new URL(route.request().url()).search);
    await route.fulfill({ json: answerOf(made, notes) });
  });
  await page.route(`${base}/notes`, async (route) => {
    const draft = route.request().postDataJSON() as { at: number; text: string };
    mocked.drafts.push(draft);
    if (mocked.problem !== null) {
      await route.fulfill({ status: 503, json: { code: 'not_ready', message: mocked.problem } });
      return;
    }
    const note = { ...draft, id: 'new', scope: SCOPE, actor: 'operator', writtenAt: draft.at, withdrawnAt: null };
    notes = [...notes, note];
    await route.fulfill({ json: { note } });
  });
  await page.route(`${base}/notes/*`, async (route) => {
    const id = new URL(route.request().url()).pathname.split('/').at(-1);
    notes = notes.map((note) => (note.id === id ? { ...note, withdrawnAt: at('30:00') } : note));
    await route.fulfill({ json: { note: notes.find((note) => note.id === id) } });
  });
  return mocked;
}

const address = (from = START, to = START + HOUR): string =>
  `${howdah.url}/clusters/${SCOPE}/incident?from=${from}&to=${to}`;
const story = (page: Page) => page.getByRole('region', { name: 'What happened', exact: true });

test('the afternoon is told in its order, each thing once, with links to actions and moments', async ({ page }) => {
  await mockIncident(page, afternoon());
  await page.goto(address());
  await expect(
    page.getByText(/^The leader changed 2 times: n1 to n2 \(switchover by m\.keller, 15:05:03\)/),
  ).toBeVisible();
  const times = await story(page).locator('ol > li > a').allTextContents();
  expect(times).toEqual([...times].sort());
  expect(times).toHaveLength(16);
  await expect(story(page).getByText('n3 leads timeline 6, after n2: automatic failover')).toHaveCount(1);
  await expect(story(page).getByRole('link', { name: /^Switchover of orders/ })).toHaveAttribute(
    'href',
    `/clusters/${SCOPE}/actions/A1`,
  );
  await expect(story(page).getByRole('link', { name: '15:10:31: see this moment' })).toHaveAttribute(
    'href',
    `/clusters/${SCOPE}?at=${at('10:31')}`,
  );
  await expect(page.getByText(/Howdah did not watch from 15:40:00 to 15:43:00/)).toBeVisible();
  await expect(page.getByRole('region', { name: 'Findings' }).getByRole('listitem')).toHaveCount(5);
});

test('the window lives in the address: presets, fields, and the window around an entry', async ({ page }) => {
  const mocked = await mockIncident(page, afternoon());
  await page.goto(address());
  await expect(story(page)).toBeVisible();
  await story(page).getByRole('button', { name: 'Around 15:10:31: show only this window' }).click();
  await expect(page).toHaveURL(new RegExp(`from=${at('0:31')}&to=${at('30:31')}$`));
  await expect.poll(() => mocked.asked.at(-1)).toBe(`?from=${at('0:31')}&to=${at('30:31')}`);
  await page.getByLabel('From').fill('2026-11-20T15:20:00');
  await page.getByRole('button', { name: 'Show this window' }).click();
  await expect(page).toHaveURL(new RegExp(`from=${at('20:00')}&to=${at('30:31')}$`));
  await page.goBack();
  await expect(page).toHaveURL(new RegExp(`from=${at('0:31')}&`));
  await page.getByRole('button', { name: 'the last 6 h' }).click();
  await expect
    .poll(() => {
      const query = new URLSearchParams(mocked.asked.at(-1));
      return Number(query.get('to')) - Number(query.get('from'));
    })
    .toBe(6 * HOUR);
});

test('a window that cannot be shown is refused in words, and nothing is asked for', async ({ page }) => {
  const mocked = await mockIncident(page, afternoon());
  for (const [query, words] of [
    ['from=yesterday', /^From: "yesterday" is not a time/],
    [`from=${START + HOUR}&to=${START}`, /ends before it begins/],
    [`from=${START - 9 * 24 * HOUR}&to=${START}`, /9 d long; an incident holds at most 7 days/],
  ] as const) {
    await page.goto(`${howdah.url}/clusters/${SCOPE}/incident?${query}`);
    await expect(page.getByRole('alert').filter({ hasText: words })).toBeVisible();
  }
  expect(mocked.asked).toEqual([]);
});

test('a note that could not be kept stays in its field with the reason, and is sent once by each press', async ({
  page,
}) => {
  const mocked = await mockIncident(page, afternoon());
  await page.goto(address());
  await story(page).getByRole('button', { name: 'Write a note about 15:25:00' }).click();
  const form = page.getByRole('form', { name: 'New note' });
  const text = form.getByLabel('Note');
  await expect(text).toBeFocused();
  mocked.problem = 'the store is away since 15:24';
  await text.fill('Paused for the report.\nAsked by the customer.');
  await form.getByRole('button', { name: 'Add note' }).click();
  await expect(form.getByRole('alert')).toHaveText('Not kept: the store is away since 15:24');
  await expect(text).toHaveValue('Paused for the report.\nAsked by the customer.');
  mocked.problem = null;
  await form.getByRole('button', { name: 'Add note' }).click();
  await expect(text).toHaveValue('');
  const note = { at: at('25:00'), text: 'Paused for the report.\nAsked by the customer.' };
  expect(mocked.drafts).toEqual([note, note]);
  await expect(page.getByRole('region', { name: 'Notes' }).getByText('Asked by the customer.')).toBeVisible();
});

test('a note is withdrawn only after a second press, and stays, struck out', async ({ page }) => {
  await mockIncident(page, afternoon());
  await page.goto(address());
  const notes = page.getByRole('region', { name: 'Notes' });
  await notes.getByRole('button', { name: 'Withdraw', exact: true }).click();
  await notes.getByRole('button', { name: 'Keep it' }).click();
  await notes.getByRole('button', { name: 'Withdraw', exact: true }).click();
  await notes.getByRole('button', { name: 'Withdraw it' }).click();
  await expect(notes.getByText(/withdrawn at/)).toHaveCount(2);
  await expect(notes.getByText('Power of rack 4 was cut.')).toBeVisible();
});

test('the reports are asked for with this window and the zone of the reader', async ({ page }) => {
  await mockIncident(page, afternoon());
  await page.goto(address());
  for (const [name, format] of [
    ['Markdown', 'md'],
    ['HTML', 'html'],
  ] as const) {
    const href = await page.getByRole('link', { name, exact: true }).getAttribute('href');
    const url = new URL(href ?? '', howdah.url);
    expect(url.pathname).toBe(`/api/clusters/${SCOPE}/incident`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      from: String(START),
      to: String(START + HOUR),
      format,
      zone: 'Europe/Berlin',
    });
  }
});

test('where nothing is kept the page says why, and reads again when asked', async ({ page }) => {
  await page.goto(`${howdah.url}/clusters/${SCOPE}/incident`);
  const status = page.getByRole('status').filter({ hasText: 'The incident could not be read.' });
  await expect(status).toContainText('these are recordings');
  const { history } = incident({});
  const blank = incident({
    history: { ...history, health: history.health.map(() => null), leader: history.leader.map(() => null) },
  });
  await mockIncident(page, blank);
  await status.getByRole('button', { name: 'Read again' }).click();
  await expect(page.getByText(/^Nothing was kept of this window/)).toBeVisible();
});

for (const width of [1440, 390]) {
  test(`no axe violations at ${width} px, in both themes`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await mockIncident(page, afternoon());
    await page.goto(address());
    await expect(page.getByRole('region', { name: 'WAL rate' })).toBeVisible();
    await story(page)
      .getByText(/^\d more$/)
      .click();
    await page.getByRole('button', { name: 'Withdraw', exact: true }).click();
    await expectAccessible(page, 'incident');
  });
}
