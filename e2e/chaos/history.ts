// What the checker's own eyes saw, and what may have been so at a time. A look is a moment, and nobody sees what is between two of them:
// so what a look shows, or cannot rule out, may have been so from the look before it up to the one after it. Only what no look allows is
// called false. Pure; nothing here knows what Howdah thinks.

export interface Look {
  /** Before the first question of it was sent, and after the last answer had come: what it shows was so in between. */
  readonly askedAt: number;
  readonly answeredAt: number;
  readonly members: Readonly<Record<string, Seen>>;
  readonly dcs: Readonly<Record<string, ProcessState>>;
  /** A read that needs a quorum was answered. */
  readonly quorum: boolean;
  /** Of the whole DCS, where it was answered. */
  readonly revision: number | null;
}

export type ProcessState = 'running' | 'frozen' | 'gone' | 'cut';

export interface Seen {
  readonly patroni: ProcessState;
  readonly postmaster: ProcessState;
  /** Changes with each start; null: there is none. */
  readonly postmasterId: string | null;
  /** By the socket in its own folder, as superuser; null: no answer. */
  readonly sql: SqlSeen | null;
}

export interface SqlSeen {
  readonly primary: boolean;
  readonly timeline: number;
  /** Of a primary: how far it has flushed; of a standby: how far it has received. */
  readonly lsn: number;
  /** Names in its pg_stat_replication that stream. */
  readonly sends: readonly string[];
  /** Its own WAL receiver streams. */
  readonly receives: boolean;
}

/** One write to a key, from the DCS's own history. Between which moments it happened the looks around it tell. */
export interface KeyChange {
  /** Below the scope. */
  readonly key: string;
  /** null: deleted, or its lease ended. */
  readonly value: string | null;
  readonly revision: number;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

export const overlap = (one: Span, other: Span): boolean => one.from <= other.to && other.from <= one.to;

export class History {
  readonly #looks: readonly Look[];
  readonly #leaders: readonly (Span & { readonly name: string | null })[];

  constructor(
    looks: readonly Look[],
    readonly changes: readonly KeyChange[],
  ) {
    this.#looks = looks;
    this.#leaders = this.#reigns();
  }

  get looks(): readonly Look[] {
    return this.#looks;
  }

  /** When a change may have happened: after the last look that had not seen it was asked, before the first that had was answered. */
  whenOf({ revision }: { readonly revision: number }): Span {
    let from = Number.NEGATIVE_INFINITY;
    for (const look of this.#looks) {
      if (look.revision === null) continue;
      if (look.revision >= revision) return { from, to: look.answeredAt };
      from = look.askedAt;
    }
    return { from, to: Number.POSITIVE_INFINITY };
  }

  #reigns(): (Span & { readonly name: string | null })[] {
    const writes = this.changes.filter(({ key }) => key === 'leader');
    return writes.map((write, index) => {
      const next = writes[index + 1];
      return {
        name: write.value,
        from: this.whenOf(write).from,
        to: next === undefined ? Number.POSITIVE_INFINITY : this.whenOf(next).to,
      };
    });
  }

  /** Looks that may speak of a time within the span, the one before and the one after it included. */
  #around({ from, to }: Span): readonly Look[] {
    let low = 0;
    let high = this.#looks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#looks[middle]?.answeredAt ?? 0) < from) low = middle + 1;
      else high = middle;
    }
    const found: Look[] = [];
    for (let at = Math.max(0, low - 1); at < this.#looks.length; at += 1) {
      const look = this.#looks[at];
      if (look === undefined) break;
      found.push(look);
      if (look.askedAt > to) break;
    }
    return found;
  }

  /** Eyes that were closed have nothing to say. */
  sawAnything(span: Span): boolean {
    const first = this.#looks[0];
    const last = this.#looks.at(-1);
    return first !== undefined && last !== undefined && span.to >= first.askedAt && span.from <= last.answeredAt;
  }

  /** May it have been so in one look of the span? */
  may(span: Span, test: (look: Look) => boolean): boolean {
    return this.#around(span).some(test);
  }

  /** null: nobody held the key. */
  mayHaveLed(name: string | null, span: Span): boolean {
    return this.#leaders.some((reign) => reign.name === name && overlap(reign, span));
  }

  mayHaveWritten(span: Span): boolean {
    return this.may(span, ({ members }) =>
      Object.entries(members).some(([name, seen]) => mayBePrimary(seen) && this.mayHaveLed(name, span)),
    );
  }

  /** Was there a moment at which the holder of the key may not have taken writes? */
  mayHaveStopped(span: Span): boolean {
    if (this.mayHaveLed(null, span)) return true;
    const reigns = this.#leaders.filter((reign) => overlap(reign, span));
    if (new Set(reigns.map(({ name }) => name)).size !== 1) return true;
    const holder = reigns[0]?.name ?? '';
    return this.may(span, ({ members }) => members[holder]?.sql?.primary !== true);
  }

  mayHaveStreamed(name: string, span: Span): boolean {
    return this.may(span, ({ members }) => {
      const own = members[name];
      if (own === undefined || own.postmaster === 'gone') return false;
      if (own.sql?.receives === true) return true;
      return Object.entries(members).some(
        ([other, seen]) =>
          other !== name && seen.postmaster !== 'gone' && (seen.sql === null || seen.sql.sends.includes(name)),
      );
    });
  }

  /** The furthest that a primary of this timeline was seen to have flushed by then; null: none was seen. */
  furthest(timeline: number, before: number): { readonly member: string; readonly lsn: number } | null {
    let found: { member: string; lsn: number } | null = null;
    for (const { answeredAt, members } of this.#looks)
      for (const [member, { sql }] of Object.entries(members))
        if (answeredAt <= before && sql?.primary === true && sql.timeline === timeline && sql.lsn > (found?.lsn ?? -1))
          found = { member, lsn: sql.lsn };
    return found;
  }

  /** Distinct postmasters of a member that were seen within the span; more than one: it was started again. */
  starts(member: string, span: Span): number {
    const ids = this.#around(span).flatMap(({ members }) => members[member]?.postmasterId ?? []);
    return new Set(ids).size;
  }
}

/** One that does not answer its superuser may be one, unless it is gone or stands still: then it takes no writes. */
function mayBePrimary({ postmaster, sql }: Seen): boolean {
  if (postmaster === 'gone' || postmaster === 'frozen') return false;
  return sql === null || sql.primary;
}
