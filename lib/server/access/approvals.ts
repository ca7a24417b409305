// Requests for a second person. A request waits in the store and expires; approving it is the approver's own decision on what they
// see now: their preflight's token runs it, in the name of who asked, and the audit names both. Nobody approves their own.
import { randomUUID } from 'node:crypto';
import type { Approval, ApprovalDraft, ApprovalState } from '../../contract/access';
import type { ApprovalPolicy, Rights } from '../../domain/access/access';
import { joined, say, type Text } from '../../language/sentence';
import type { Actions } from '../actions/actions';
import type { By } from '../actions/record';
import { Refusal } from '../route';
import { jsonText } from '../store/json-text';
import type { Store } from '../store/store';
import type { AccessLog } from './access-log';
import type { Caller } from './caller';

interface ApprovalRow extends Record<string, unknown> {
  readonly id: string;
  readonly scope: string;
  readonly state: ApprovalState;
  readonly asked_at: number;
  readonly expires_at: number;
  readonly decided_at: number | null;
  readonly body: Omit<Approval, 'id' | 'scope' | 'state' | 'askedAt' | 'expiresAt' | 'decidedAt'> & {
    readonly askerId: string | null;
  };
}

const COLUMNS = 'id, scope, state, asked_at, expires_at, decided_at, body';
const SHOWN_MS = 86_400_000;
const WAITING_MAX = 20;

export class Approvals {
  readonly #store: Pick<Store, 'query'>;
  readonly #log: AccessLog;
  readonly #now: () => number;

  constructor(store: Pick<Store, 'query'>, log: AccessLog, now: () => number) {
    this.#store = store;
    this.#log = log;
    this.#now = now;
  }

  /** Those that wait, soonest end first, then those decided in the last 24 h, newest first. */
  async list(sees: (scope: string) => boolean): Promise<readonly Approval[]> {
    const now = this.#now();
    const rows = await this.#store.query<ApprovalRow>(
      `SELECT ${COLUMNS} FROM access_approval WHERE expires_at > $1::bigint OR decided_at > $1::bigint
       ORDER BY asked_at DESC LIMIT 500`,
      [now - SHOWN_MS],
    );
    const all = rows.filter((row) => sees(row.scope)).map((row) => approvalOf(row, now));
    const waits = all.filter(({ state }) => state === 'waiting').sort((a, b) => a.expiresAt - b.expiresAt);
    return [...waits, ...all.filter(({ state }) => state !== 'waiting')];
  }

  async find(id: string): Promise<Approval> {
    return approvalOf(await this.#row(id), this.#now());
  }

  /** Rejects with a Refusal where something else than the second person is in the way. */
  async ask(
    { scope, policy }: { readonly scope: string; readonly policy: Pick<ApprovalPolicy, 'minutes'> },
    draft: ApprovalDraft,
    by: Caller,
    rights: Rights,
    actions: Actions,
  ): Promise<Approval> {
    const { reason } = draft;
    const { preflight } = await actions.executor.preflight(scope, draft.request, {
      ...rights,
      secondPerson: 'approved',
    });
    const blockers = preflight.checks.filter(({ verdict }) => verdict === 'blocker');
    if (blockers.length > 0)
      throw new Refusal(
        'refused',
        say`It cannot be done now: ${joined(
          blockers.map(({ title }) => title),
          '; ',
        )}`,
      );
    const now = this.#now();
    const waiting = (await this.list((one) => one === scope)).filter(({ state }) => state === 'waiting');
    if (waiting.length >= WAITING_MAX)
      throw new Refusal('refused', say`${WAITING_MAX} requests already wait on ${scope}`);
    const row: ApprovalRow = {
      id: randomUUID(),
      scope,
      state: 'waiting',
      asked_at: now,
      expires_at: now + policy.minutes * 60_000,
      decided_at: null,
      body: {
        request: draft.request,
        summary: preflight.summary,
        verb: preflight.verb,
        reason,
        askedBy: by.name,
        askerId: by.userId,
        decidedBy: null,
        words: null,
        actionId: null,
      },
    };
    const text = say`${by.name} asked for a second person: ${preflight.summary}`;
    await this.#log.write('approval_asked', { actor: by.name, address: by.address, scope, text });
    await this.#store.query(
      `INSERT INTO access_approval (id, scope, state, asked_at, expires_at, body)
       VALUES ($1::text, $2::text, 'waiting', $3::bigint, $4::bigint, $5::text::jsonb)`,
      [row.id, scope, now, now + policy.minutes * 60_000, jsonText(row.body)],
    );
    return approvalOf(row, now);
  }

  /** Why this person cannot approve it; null: they can, as far as the request goes. */
  async refusalFor(id: string, by: Caller): Promise<Text | null> {
    const row = await this.#row(id);
    const now = this.#now();
    const { state } = approvalOf(row, now);
    if (state !== 'waiting') return stateWords(state);
    if (by.kind !== 'user') return say`only somebody who signed in can approve`;
    const own = row.body.askedBy === by.name || (row.body.askerId !== null && row.body.askerId === by.userId);
    return own ? say`you cannot approve your own request` : null;
  }

  /** Runs it. What does not begin after all waits again. */
  async approve(
    id: string,
    by: Caller,
    start: (approval: Approval, askerId: string | null, as: (rights: Rights) => By) => Promise<string>,
  ): Promise<Approval> {
    const refusal = await this.refusalFor(id, by);
    if (refusal !== null) throw new Refusal('refused', refusal);
    const row = await this.#decide(id, 'waiting', 'approved', { decidedBy: by.name });
    const approval = approvalOf(row, this.#now());
    const text = say`${by.name} approved the request of ${approval.askedBy}: ${approval.summary}`;
    let actionId: string;
    try {
      await this.#log.write('approval_approved', { actor: by.name, address: by.address, scope: approval.scope, text });
      actionId = await start(approval, row.body.askerId, (of) => ({
        name: approval.askedBy,
        rights: { ...of, secondPerson: 'approved' },
        authority: { kind: 'user', token: null, approvedBy: by.name, breakGlass: null },
      }));
    } catch (error) {
      await this.#decide(id, 'approved', 'waiting', { decidedBy: null }).catch(() => undefined);
      throw error;
    }
    // It runs: whatever becomes of this note of it, the request never waits again.
    const noted = await this.#decide(id, 'approved', 'approved', { actionId }).catch(() => null);
    return noted === null ? { ...approval, actionId } : approvalOf(noted, this.#now());
  }

  async decline(id: string, words: string | null, by: Caller): Promise<Approval> {
    if (by.kind !== 'user') throw new Refusal('forbidden', say`only somebody who signed in can decide on it`);
    const row = await this.#decide(id, 'waiting', 'declined', { decidedBy: by.name, words });
    const approval = approvalOf(row, this.#now());
    const text = say`${by.name} declined the request of ${approval.askedBy}: ${approval.summary}`;
    await this.#log.note('approval_declined', { actor: by.name, address: by.address, scope: approval.scope, text });
    return approval;
  }

  async withdraw(id: string, by: Caller): Promise<Approval> {
    const before = await this.find(id);
    if (by.kind !== 'user' || before.askedBy !== by.name)
      throw new Refusal('forbidden', say`only ${before.askedBy} can withdraw it`);
    const row = await this.#decide(id, 'waiting', 'withdrawn', { decidedBy: by.name });
    const approval = approvalOf(row, this.#now());
    const text = say`${by.name} withdrew the request: ${approval.summary}`;
    await this.#log.note('approval_withdrawn', { actor: by.name, address: by.address, scope: approval.scope, text });
    return approval;
  }

  /** From one state to the next, by one of those who try at once. */
  async #decide(
    id: string,
    from: ApprovalState,
    to: ApprovalState,
    change: { decidedBy?: string | null; words?: string | null; actionId?: string },
  ): Promise<ApprovalRow> {
    const now = this.#now();
    const [row] = await this.#store.query<ApprovalRow>(
      `UPDATE access_approval
       SET state = $3::text, body = body || $4::text::jsonb,
           decided_at = CASE WHEN $3::text = 'waiting' THEN NULL ELSE $5::bigint END
       WHERE id = $1::text AND state = $2::text AND ($2::text <> 'waiting' OR expires_at > $5::bigint)
       RETURNING ${COLUMNS}`,
      [id, from, to, jsonText(change), now],
    );
    if (row !== undefined) return row;
    const { state } = approvalOf(await this.#row(id), now);
    throw new Refusal('refused', stateWords(state));
  }

  async #row(id: string): Promise<ApprovalRow> {
    const sql = `SELECT ${COLUMNS} FROM access_approval WHERE id = $1::text`;
    const [row] = await this.#store.query<ApprovalRow>(sql, [id]);
    if (row === undefined) throw new Refusal('not_found', say`there is no such request`);
    return row;
  }
}

function stateWords(state: ApprovalState): Text {
  switch (state) {
    case 'waiting':
      return say`this request is waiting`;
    case 'approved':
      return say`this request was already approved`;
    case 'declined':
      return say`this request was declined`;
    case 'withdrawn':
      return say`this request was withdrawn`;
    case 'expired':
      return say`this request has expired`;
  }
}

function approvalOf(row: ApprovalRow, now: number): Approval {
  const { askerId: _, ...body } = row.body;
  return {
    ...body,
    id: row.id,
    scope: row.scope,
    state: row.state === 'waiting' && row.expires_at <= now ? 'expired' : row.state,
    askedAt: row.asked_at,
    expiresAt: row.expires_at,
    decidedAt: row.decided_at,
  };
}
