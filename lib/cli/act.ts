// Actions from the command line: preflight, a question, one POST, and then what is observed until it is over. The exit code says
// how it ended; what was sent is never sent again.
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import type { ActionAnswer, ActionOrder } from '../contract/actions';
import { REASON_MIN } from '../contract/limits';
import { PATHS } from '../contract/paths';
import type { ActionRecord, ActionRequest, PreflightAnswer } from '../domain/actions/action';
import { formatSeconds } from '../language/quantity';
import { type Api, ApiFailed } from './api';
import { err, out } from './print';

export interface ActOptions {
  readonly reason: string | null;
  /** Nobody is asked. */
  readonly yes: boolean;
  readonly json: boolean;
  /** Do not wait for the end. */
  readonly detach: boolean;
  readonly breakGlass: boolean;
}

export const EXIT = { done: 0, failed: 1, usage: 2, unknown: 3 } as const;
const LOOK_MS = 500;
const PATIENCE_MS = 30 * 60_000;

export async function act(api: Api, scope: string, request: ActionRequest, options: ActOptions): Promise<number> {
  if ((options.reason ?? '').trim().length < REASON_MIN) {
    err('howdah: a reason is needed: --reason "why"');
    return EXIT.usage;
  }
  const query = options.breakGlass ? '?breakGlass=1' : '';
  const { preflight, token } = await api.post<PreflightAnswer>(`${PATHS.preflight(scope)}${query}`, request);
  const of = (verdict: string) => preflight.checks.filter((check) => check.verdict === verdict);
  if (!options.json) {
    out(String(preflight.summary));
    for (const check of [...of('blocker'), ...of('warning')])
      out(
        `  ${check.verdict === 'blocker' ? 'refused' : 'warning'}: ${check.title}${check.detail ? `. ${check.detail}` : ''}`,
      );
    if (preflight.outage?.ms != null) out(`  expected write outage: ${formatSeconds(preflight.outage.ms / 1000)}`);
    if (preflight.atRisk !== null) out(`  at risk: ${preflight.atRisk.text}`);
  }
  if (of('blocker').length > 0) {
    if (options.json) out(JSON.stringify({ refused: of('blocker') }));
    return EXIT.failed;
  }
  const confirmation = await confirmed(String(preflight.verb), scope, preflight.confirm, options);
  if (confirmation === false) {
    err('howdah: nothing was sent');
    return EXIT.failed;
  }
  const order: ActionOrder = {
    request,
    token,
    reason: options.reason ?? '',
    confirmation,
    idempotencyKey: `cli-${randomUUID()}`,
    ...(options.breakGlass ? { breakGlass: true } : {}),
  };
  const started = await send(api, scope, order);
  if (started === null) return EXIT.unknown;
  if (options.detach) {
    out(options.json ? JSON.stringify(started) : `started: ${started.id}`);
    return EXIT.done;
  }
  return follow(api, started, options.json);
}

/** What is typed where it must be, else null; false: no. */
async function confirmed(
  verb: string,
  scope: string,
  typed: string | null,
  { yes, json }: ActOptions,
): Promise<string | null | false> {
  if (yes) return typed;
  if (json || !process.stdin.isTTY) {
    err('howdah: nobody can be asked here; add --yes');
    return false;
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const question = typed === null ? `${verb} on ${scope}? Type yes: ` : `${verb} on ${scope}? Type ${typed}: `;
    const answer = (await lines.question(question)).trim();
    if (typed !== null) return answer === typed ? typed : false;
    return answer === 'yes' ? null : false;
  } finally {
    lines.close();
  }
}

/** null: it is not known whether it arrived, and nobody knows of it. A lost answer is looked for by its key, not sent again. */
async function send(api: Api, scope: string, order: ActionOrder): Promise<ActionRecord | null> {
  try {
    return (await api.post<ActionAnswer>(PATHS.actions(scope), order)).action;
  } catch (error) {
    // Howdah's own word is final. A proxy that gave up, or a handler that broke, knows nothing of what became of it.
    if (error instanceof ApiFailed && !(error.status >= 500 && error.code === 'internal')) throw error;
    err(`howdah: ${error instanceof Error ? error.message : String(error)}; looking whether it arrived`);
    const { actions } = await api.get<{ actions: readonly ActionRecord[] }>(PATHS.actions(scope));
    const found = actions.find((record) => record.idempotencyKey === order.idempotencyKey) ?? null;
    if (found === null) err('howdah: Howdah does not know of it (yet): see `howdah show` before you try again');
    return found;
  }
}

async function follow(api: Api, started: ActionRecord, json: boolean): Promise<number> {
  const told = new Set<string>();
  const until = Date.now() + PATIENCE_MS;
  let record = started;
  for (;;) {
    for (const step of json ? [] : record.steps) {
      if (step.reachedAt === null || told.has(step.key)) continue;
      told.add(step.key);
      out(`  ${String(formatSeconds((step.reachedAt - record.requestedAt) / 1000)).padStart(8)}  ${step.title}`);
    }
    if (record.phase === 'closed') break;
    if (Date.now() > until) {
      err(`howdah: it still runs; see ${PATHS.action(record.scope, record.id)}`);
      return EXIT.unknown;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    // Howdah itself may be restarted meanwhile: the action goes on, and so does this.
    record = await api
      .get<ActionAnswer>(PATHS.action(record.scope, record.id))
      .then(({ action }) => action)
      .catch((error: unknown) => {
        if (error instanceof ApiFailed && error.status < 500) throw error;
        return record;
      });
  }
  out(json ? JSON.stringify(record) : `${record.outcome}: ${record.outcomeText ?? ''}`);
  if (!json && record.lost !== undefined) out(String(record.lost));
  else if (!json && record.outage !== null) out(`not writable for ${formatSeconds(record.outage.ms / 1000)}`);
  switch (record.outcome) {
    case 'done':
    case 'scheduled':
      return EXIT.done;
    case 'unknown':
      return EXIT.unknown;
    default:
      return EXIT.failed;
  }
}
