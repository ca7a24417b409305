// An entry of the journal about the journal itself: what was found, who acknowledged it, what was put back or removed. The access log
// shows it beside what happened at the door.
import { randomUUID } from 'node:crypto';
import type { AccessEventKind } from '../../contract/access';
import type { JsonObject } from '../../domain/wire/loose';
import type { Text } from '../../language/sentence';
import type { Breach } from './chain';
import type { Journal } from './journal';

interface RecordNote {
  readonly kind: Extract<AccessEventKind, `record_${string}`>;
  readonly breaches: readonly Breach[];
  readonly actor: string;
  readonly address?: string | null;
  readonly text: Text;
  /** Of the one who acknowledges. */
  readonly reason?: string;
  readonly retired?: JsonObject;
}

/** Rejects with a JournalError. */
export async function record(journal: Pick<Journal, 'append'>, note: RecordNote): Promise<void> {
  const { kind, actor, address = null, text, breaches, ...rest } = note;
  const event = { kind, actor, address, text };
  await journal.append('record', randomUUID(), '', { event, breaches: [...breaches], ...rest });
}
