// One action per scope: in this process by a map, among processes by a row of the store that is renewed while the action runs.
// While the store is away the map and the comparison in the DCS are all there is. It knows who holds what, not what is done.
import { say, type Text } from '../../language/sentence';
import type { AuditIndex, Claim } from '../audit/audit-index';
import { log } from '../log';
import { StoreAway } from '../store/driver';

const CLAIM_MS = 20_000;
const RENEW_MS = 5000;

export interface ClaimsDeps {
  readonly index: Pick<AuditIndex, 'claim' | 'renew' | 'release'>;
  readonly holder: string;
  readonly now: () => number;
  /** Can another process hold rows of this store at all? */
  readonly shared: boolean;
  /** The scope may be somebody else's by now: send nothing more. */
  readonly onLost: (actionId: string, why: Text) => void;
}

export class Claims {
  /** By scope, the id of the action that is decided on or runs here. */
  readonly held = new Map<string, string>();
  readonly #deps: ClaimsDeps;
  readonly #renewedAt = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(deps: ClaimsDeps) {
    this.#deps = deps;
    this.#timer = setInterval(() => this.#renewAll(), RENEW_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** null: taken. Else the id of the action that holds it. Rejects where the store answers with an error. */
  async take(scope: string, id: string): Promise<string | null> {
    const other = this.held.get(scope);
    if (other !== undefined) return other;
    this.held.set(scope, id);
    try {
      const claim = await this.#claim(scope, id);
      if (claim.ok) return null;
      this.held.delete(scope);
      return claim.runningId;
    } catch (error) {
      if (!(error instanceof StoreAway)) {
        this.held.delete(scope);
        throw error;
      }
      log.warn({ scope }, 'the store is away: one action per cluster is kept by this process and the DCS alone');
      return null;
    }
  }

  async release(scope: string, id: string): Promise<void> {
    if (this.held.get(scope) === id) this.held.delete(scope);
    this.#renewedAt.delete(id);
    await this.#deps.index.release(scope, id).catch(() => undefined);
  }

  async #claim(scope: string, id: string): Promise<Claim> {
    const claim = await this.#deps.index.claim(scope, id, this.#deps.holder, CLAIM_MS);
    if (claim.ok) this.#renewedAt.set(id, this.#deps.now());
    return claim;
  }

  #renewAll(): void {
    for (const [scope, id] of this.held) void this.#renew(scope, id);
  }

  async #renew(scope: string, id: string): Promise<void> {
    const { index, holder, now, shared, onLost } = this.#deps;
    try {
      if (await index.renew(scope, id, holder, CLAIM_MS)) {
        this.#renewedAt.set(id, now());
        return;
      }
      // No row of ours: it was taken while the store was away (then there is none), or somebody else has it.
      const claim = await this.#claim(scope, id);
      if (!claim.ok && claim.runningId !== id) onLost(id, say`another Howdah acts on this cluster`);
      else if (!claim.ok) onLost(id, say`another Howdah has taken it over`);
    } catch {
      const renewedAt = this.#renewedAt.get(id);
      // Past its end another one may have adopted it, where there can be another one.
      if (shared && renewedAt !== undefined && now() - renewedAt > CLAIM_MS)
        onLost(id, say`the store is out of reach, and another Howdah may have taken it over`);
    }
  }
}
