// A person at Howdah's pages: opens an action by its menu, fills the dialog, confirms, follows it to its end. What the cluster
// says afterwards is asked of patronictl and of Howdah's API, and the two are compared.
import { expect, type Locator, type Page } from '@playwright/test';
import { stringify } from 'yaml';
import type { ActionAnswer, ActionsAnswer } from '../../lib/contract/actions';
import type { ConfigAnswer } from '../../lib/contract/stream';
import type { ActionRecord } from '../../lib/domain/actions/action';
import type { Snapshot } from '../../lib/domain/cluster';
import type { Json } from '../lab/config-files';
import type { Lab } from '../lab/lab';
import { SCOPE } from '../lab/layout';
import { patronictlLeader, patronictlList } from '../lab/patronictl';
import type { Howdah } from './howdah';

/** An action on two busy cores, with what Patroni waits for by itself. */
export const ACTION_MS = 90_000;

export async function openCluster(page: Page, howdah: Howdah): Promise<void> {
  await page.goto(`${howdah.url}/clusters/${SCOPE}`);
  await expect(page.getByRole('heading', { level: 1, name: SCOPE })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Members' })).toBeVisible();
}

/** By the menu of the cluster. `word` is the menu's, with its dots. */
export async function choose(page: Page, word: string): Promise<Locator> {
  await page.getByRole('button', { name: 'Actions', exact: true }).click();
  await page.getByRole('menuitem', { name: word, exact: true }).click();
  return dialogOf(page);
}

export async function chooseFor(page: Page, member: string, word: string): Promise<Locator> {
  await page
    .getByRole('region', { name: 'Members' })
    .getByRole('button', { name: `Menu of ${member}`, exact: true })
    .click();
  await page.getByRole('menuitem', { name: word, exact: true }).click();
  return dialogOf(page);
}

async function dialogOf(page: Page): Promise<Locator> {
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  return dialog;
}

export interface Confirmation {
  /** What the button says when it may be pressed. */
  readonly verb: string;
  readonly reason: string;
  /** What has to be typed; nothing where a click is enough. */
  readonly typed?: string;
}

/** Fills what every dialog asks for and returns its button, once it may be pressed. */
export async function fill(dialog: Locator, { verb, reason, typed }: Confirmation): Promise<Locator> {
  await dialog.getByLabel('Reason').fill(reason);
  if (typed !== undefined) {
    await dialog.getByLabel(`Type ${typed} to confirm`).fill(typed);
  }
  const button = dialog.getByRole('button', { name: verb, exact: true });
  await expect(button).toBeEnabled({ timeout: 60_000 });
  return button;
}

/** Confirms and waits on the progress page for the end; the record as the API has it. */
export async function confirm(page: Page, howdah: Howdah, dialog: Locator, words: Confirmation): Promise<ActionRecord> {
  const button = await fill(dialog, words);
  const from = page.url();
  await button.click();
  return follow(page, howdah, from);
}

/** From the moment of the press: another page comes by itself, that of the action, and closes with an outcome that is seen. */
export async function follow(page: Page, howdah: Howdah, from: string, timeout = ACTION_MS): Promise<ActionRecord> {
  await page.waitForURL((url) => url.href !== from && /\/actions\/[^/]+$/.test(url.pathname), { timeout: 60_000 });
  await expect(page.getByRole('region', { name: 'Observed steps' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Outcome' })).toBeVisible({ timeout });
  const id = decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1) ?? '');
  return (await get<ActionAnswer>(howdah, `actions/${id}`)).action;
}

export async function get<T>(howdah: Howdah, what: string): Promise<T> {
  const answer = await fetch(`${howdah.url}/api/clusters/${SCOPE}${what === '' ? '' : `/${what}`}`, {
    signal: AbortSignal.timeout(30_000),
  });
  expect(answer.status, `GET ${what}`).toBe(200);
  return (await answer.json()) as T;
}

export async function actionsBy(howdah: Howdah, reason: string): Promise<readonly ActionRecord[]> {
  return (await get<ActionsAnswer>(howdah, 'actions')).actions.filter((action) => action.reason === reason);
}

const EDITOR = `Dynamic configuration of ${SCOPE}, yaml`;

export async function openConfigEditor(page: Page, howdah: Howdah): Promise<void> {
  await page.goto(`${howdah.url}/clusters/${SCOPE}/config`);
  await expect(page.getByRole('textbox', { name: EDITOR })).toBeVisible();
  await expect(page.getByText(/checked against PostgreSQL/)).toBeVisible();
}

/** Types the whole document anew: as it is stored now, with these parameters of PostgreSQL beside the others. */
export async function editParameters(page: Page, howdah: Howdah, parameters: Json): Promise<void> {
  const { value } = await get<ConfigAnswer>(howdah, 'config');
  const postgresql = value.postgresql as Json;
  const next = {
    ...value,
    postgresql: { ...postgresql, parameters: { ...(postgresql.parameters as Json), ...parameters } },
  };
  await page.getByRole('textbox', { name: EDITOR }).click();
  await page.keyboard.press('Control+a');
  // As Patroni's own YAML reads it: a word such as on stands in quotes there, or it becomes true.
  await page.keyboard.insertText(stringify(next, { version: '1.1' }));
}

const ROLES: Readonly<Record<string, string>> = {
  Leader: 'leader',
  'Standby Leader': 'standby_leader',
  'Sync Standby': 'sync_standby',
  'Quorum Standby': 'quorum_standby',
  Replica: 'replica',
};

/** Who is there, in which role, on which timeline, who waits for a restart: Howdah says what patronictl says. */
export async function expectAgreement(howdah: Howdah, lab: Lab): Promise<void> {
  await expect(async () => {
    const rows = await patronictlList(lab);
    const { cluster } = await get<Snapshot>(howdah, '');
    const theirs = rows.map((row) => [
      row.Member,
      ROLES[row.Role] ?? row.Role,
      Number(row.TL),
      row['Pending restart'] === '*',
    ]);
    const ours = cluster.members
      .filter((member) => member.listed)
      .map((member) => [member.name, member.clusterRole, member.timeline, member.pendingRestart !== null]);
    expect(ours.sort()).toEqual(theirs.sort());
    expect(cluster.leader?.name ?? null).toBe(await patronictlLeader(lab));
  }).toPass({ timeout: 60_000 });
}

/** How often `/failover` was given a request since this revision of etcd; Patroni's own clearing is not one. */
export async function failoverRequestsSince(lab: Lab, revision: number): Promise<number> {
  const abort = new AbortController();
  const key = Buffer.from(`${lab.prefix}failover`).toString('base64');
  const answer = await fetch(`${lab.etcdEndpoints[0]}/v3/watch`, {
    method: 'POST',
    body: JSON.stringify({ create_request: { key, start_revision: String(revision + 1) } }),
    signal: abort.signal,
  });
  let text = '';
  const timer = setTimeout(() => abort.abort(), 1000);
  try {
    for await (const chunk of answer.body ?? []) text += Buffer.from(chunk as Uint8Array).toString();
  } catch {
    // The watch has no end of its own.
  } finally {
    clearTimeout(timer);
  }
  const events = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap(
      (line) => (JSON.parse(line) as { result?: { events?: { kv: { value?: string } }[] } }).result?.events ?? [],
    );
  return events.filter(({ kv }) => /"(member|leader)"/.test(Buffer.from(kv.value ?? '', 'base64').toString())).length;
}

export async function etcdRevision(lab: Lab): Promise<number> {
  const answer = await lab.etcd.call('kv/range', { key: Buffer.from(`${lab.prefix}leader`).toString('base64') });
  return Number((answer.header as { revision?: string } | undefined)?.revision ?? Number.NaN);
}
