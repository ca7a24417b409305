// Acts through a running Howdah as its browser does: preflight, order with the token, the record until it is closed. For tests
// on real clusters; it decides nothing and repeats nothing.

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ActionAnswer, ActionOrder, ActionsAnswer, AuditAnswer, RefusalDetails } from '../../lib/contract/actions';
import type { ApiError } from '../../lib/contract/error';
import type { ActionRecord, ActionRequest, PreflightAnswer, RequestOf } from '../../lib/domain/actions/action';
import { digestOf } from '../../lib/domain/actions/bound';
import type { Member, Snapshot } from '../../lib/domain/cluster';
import type { JsonObject } from '../../lib/domain/wire/loose';
import { SCOPE } from '../lab/layout';

const CLOSED_MS = 180_000;
const SEEN_MS = 90_000;
const ASK_MS = 15_000;

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export class Refused extends Error {
  readonly status: number;
  readonly body: ApiError;

  constructor({ status, body }: Answer) {
    const error = body as ApiError;
    super(`${status} ${error.code}: ${error.message}`);
    this.status = status;
    this.body = error;
  }

  get details(): RefusalDetails | null {
    return (this.body.details as RefusalDetails | undefined) ?? null;
  }

  /** What changed and what forbids it, in words. */
  get why(): string {
    const blockers = this.details?.blockers.map(({ code, title, detail }) => `${code}: ${title} ${detail}`) ?? [];
    return [this.message, ...(this.details?.changes ?? []), ...blockers].join('\n');
  }
}

export class ActionClient {
  readonly #url: string;
  readonly #scope: string;

  constructor(url: string, scope: string = SCOPE) {
    this.#url = url;
    this.#scope = scope;
  }

  async ask(path: string, body: unknown = null): Promise<Answer> {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const signal = AbortSignal.timeout(ASK_MS);
    const answer = await fetch(`${this.#url}${path}`, body === null ? { signal } : { ...init, signal });
    const text = await answer.text();
    try {
      return { status: answer.status, body: JSON.parse(text) as unknown };
    } catch {
      return { status: answer.status, body: { code: 'internal', message: text.slice(0, 200) } };
    }
  }

  async #get<T>(path: string, body: unknown = null): Promise<T> {
    const answer = await this.ask(path, body);
    if (answer.status >= 300) throw new Refused(answer);
    return answer.body as T;
  }

  snapshot(): Promise<Snapshot> {
    return this.#get(`/api/clusters/${this.#scope}`);
  }

  preflight(request: ActionRequest): Promise<PreflightAnswer> {
    return this.#get(`/api/clusters/${this.#scope}/preflight`, request);
  }

  /** What the dialog would send after this preflight, with all that it asks for. */
  async order(request: ActionRequest, change: Partial<ActionOrder> = {}): Promise<ActionOrder> {
    const { preflight, token } = await this.preflight(request);
    return {
      request,
      token,
      reason: 'a test on a real cluster',
      confirmation: preflight.confirm,
      idempotencyKey: randomUUID(),
      ...change,
    };
  }

  /** Rejects with Refused. */
  async send(order: ActionOrder): Promise<ActionRecord> {
    return (await this.#get<ActionAnswer>(`/api/clusters/${this.#scope}/actions`, order)).action;
  }

  async get(id: string): Promise<ActionRecord> {
    return (await this.#get<ActionAnswer>(`/api/clusters/${this.#scope}/actions/${id}`)).action;
  }

  async list(): Promise<readonly ActionRecord[]> {
    return (await this.#get<ActionsAnswer>(`/api/clusters/${this.#scope}/actions`)).actions;
  }

  audit(limit = 500): Promise<AuditAnswer> {
    return this.#get(`/api/audit?limit=${limit}`);
  }

  async closed(id: string, ms = CLOSED_MS): Promise<ActionRecord> {
    const end = Date.now() + ms;
    for (;;) {
      const record = await this.get(id);
      if (record.phase === 'closed') return record;
      if (Date.now() > end) throw new Error(`still open after ${ms / 1000} s: ${inWords(record)}`);
      await sleep(200);
    }
  }

  /** From the preflight to the end. Rejects with Refused where it never began. */
  async act(request: ActionRequest, ms = CLOSED_MS): Promise<ActionRecord> {
    return this.closed((await this.send(await this.order(request))).id, ms);
  }

  /** The refusal of a request; fails where it is not refused. */
  async refused(order: ActionOrder): Promise<Refused> {
    const answer = await this.send(order).catch((error: unknown) => error);
    if (answer instanceof Refused) return answer;
    if (answer instanceof Error) throw answer;
    throw new Error(`expected a refusal, got ${inWords(await this.closed((answer as ActionRecord).id))}`);
  }

  async edit(change: (value: JsonObject) => JsonObject): Promise<RequestOf<'edit_config'>> {
    const { cluster } = await this.snapshot();
    if (cluster.config === null) throw new Error('the configuration is not known');
    return {
      kind: 'edit_config',
      baseRevision: cluster.config.revision,
      baseDigest: cluster.config === null ? null : digestOf(cluster.config.value),
      value: change(cluster.config.value),
      text: null,
    };
  }

  async until(what: string, test: (snapshot: Snapshot) => boolean, ms = SEEN_MS): Promise<Snapshot> {
    const end = Date.now() + ms;
    let last: Snapshot | null = null;
    while (Date.now() < end) {
      last = await this.snapshot().catch(() => null);
      if (last !== null && test(last)) return last;
      await sleep(200);
    }
    const found = last?.findings.map(({ title }) => title).join('; ') ?? 'nothing';
    throw new Error(`waited ${ms / 1000} s for ${what}; Howdah shows: ${found}`);
  }

  /** A known leader and every member running, streaming and heard by both witnesses. */
  untilHealthy(ms = SEEN_MS): Promise<Snapshot> {
    return this.until('a healthy cluster', (snapshot) => isHealthy(snapshot), ms);
  }
}

function isHealthy({ cluster, health }: Snapshot): boolean {
  const leader = cluster.leader;
  if (leader?.known !== true || health === 'unknown' || health === 'critical') return false;
  return cluster.members.every(
    (member) =>
      !member.silent &&
      (member.name === leader.name ? member.postgresRole !== 'unknown' : member.replication.kind === 'streaming'),
  );
}

export function memberIn({ cluster }: Snapshot, name: string): Member {
  const member = cluster.members.find((entry) => entry.name === name);
  if (member === undefined) throw new Error(`no member ${name}`);
  return member;
}

export function inWords(record: ActionRecord): string {
  const steps = record.steps.map(({ key, state, detail }) => `${key} ${state}${detail === null ? '' : ` (${detail})`}`);
  return `${record.request.kind} ${record.outcome ?? record.phase}: ${record.outcomeText ?? ''} ${steps.join(', ')}`;
}
