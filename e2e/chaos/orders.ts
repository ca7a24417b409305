// Orders of the script, carried out through the API as a person's browser does. What became of each is the checker's business; here it
// counts only what Howdah answered.

import { randomUUID } from 'node:crypto';
import type { ActionRequest } from '../../lib/domain/actions/action';
import type { JsonObject } from '../../lib/domain/wire/loose';
import { sleep } from '../lab/deadline';
import { type ActionClient, Refused } from '../truth/action-client';
import type { OrderKind, PlannedOrder } from './script';

const HOUR_MS = 3_600_000;
const CLOSED_MS = 150_000;

export interface Ordered {
  readonly kind: OrderKind | ActionRequest['kind'];
  /** Of the action; null: refused, or the answer was not heard. */
  readonly id: string | null;
  readonly said: string;
}

export class Orders {
  readonly all: Ordered[] = [];
  readonly #client: ActionClient;
  #edits = 0;

  constructor(client: ActionClient) {
    this.#client = client;
  }

  /** What Howdah accepted by its own word. */
  get accepted(): readonly string[] {
    return this.all.flatMap(({ id }) => id ?? []);
  }

  /** From the preflight to the answer. Never rejects. */
  async give(planned: PlannedOrder, sent: () => void = () => undefined): Promise<Ordered> {
    const ordered = await this.#order(planned.kind, () => this.#requestOf(planned), sent);
    this.all.push(ordered);
    return ordered;
  }

  async #order(kind: Ordered['kind'], make: () => Promise<ActionRequest>, sent: () => void): Promise<Ordered> {
    try {
      const request = await make();
      const order = await this.#client.order(request, { reason: 'chaos', idempotencyKey: randomUUID() });
      sent();
      const { id } = await this.#client.send(order);
      return { kind: request.kind, id, said: 'accepted' };
    } catch (error) {
      const said = error instanceof Refused ? `refused: ${error.body.code}` : `not heard: ${String(error)}`;
      return { kind, id: null, said };
    }
  }

  /** What an order leaves that must not last: a pause, a schedule. */
  async tidy(): Promise<void> {
    const { cluster } = await this.#client.snapshot();
    if (cluster.paused === true) await this.#undo({ kind: 'resume' });
    if (cluster.scheduledSwitchover !== null) await this.#undo({ kind: 'cancel_switchover' });
  }

  async #undo(request: ActionRequest): Promise<void> {
    const ordered = await this.#order(
      request.kind,
      async () => request,
      () => undefined,
    );
    this.all.push(ordered);
    await this.allClosed();
  }

  /** No action is open any more, as far as Howdah can be asked. */
  async allClosed(): Promise<boolean> {
    for (const end = Date.now() + CLOSED_MS; Date.now() < end; await sleep(300)) {
      const actions = await this.#client.list().catch(() => null);
      if (actions?.every(({ phase }) => phase === 'closed') === true) return true;
    }
    return false;
  }

  async #requestOf({ kind, target }: PlannedOrder): Promise<ActionRequest> {
    const { cluster } = await this.#client.snapshot();
    const members = cluster.members.map(({ name }) => name);
    const replicas = members.filter((name) => name !== cluster.leader?.name);
    const one = replicas[target % Math.max(1, replicas.length)] ?? 'n2';
    switch (kind) {
      case 'switchover':
        return { kind, candidate: one, scheduledAt: null };
      case 'schedule':
        return { kind: 'switchover', candidate: one, scheduledAt: new Date(Date.now() + 6 * HOUR_MS).toISOString() };
      case 'restart': {
        const member = members[target % Math.max(1, members.length)] ?? one;
        return { kind, members: [member], onlyPending: false, scheduledAt: null, timeoutSeconds: null };
      }
      case 'reload':
        return { kind, members };
      case 'pause':
        return { kind, owner: 'chaos', until: null, autoResume: false };
      case 'rolling_restart':
        return { kind, onlyPending: false };
      case 'edit_config':
        return this.#edit();
    }
  }

  #edit(): Promise<ActionRequest> {
    this.#edits += 1;
    return this.#client.edit((value) => {
      const postgresql = (value.postgresql ?? {}) as JsonObject;
      const parameters = (postgresql.parameters ?? {}) as JsonObject;
      const wanted = { ...parameters, log_min_duration_statement: 5000 + this.#edits };
      return { ...value, postgresql: { ...postgresql, parameters: wanted } };
    });
  }
}
