// What crosses the wire for actions, the audit and the configuration editor. The model itself is in domain/actions.

import type { ActionRecord, ActionRequest, Bound, Check } from '../domain/actions/action';
import type { SettingDefinition, SettingValue } from '../domain/config/guc';
import type { JsonObject } from '../domain/wire/loose';
import type { Text } from '../language/sentence';

export type { SettingDefinition, SettingValue };

/** Body of `POST /api/clusters/{scope}/actions`. */
export interface ActionOrder {
  readonly request: ActionRequest;
  /** From the preflight answer the person saw. */
  readonly token: string;
  /** At least 3 characters. */
  readonly reason: string;
  /** What was typed where `preflight.confirm` asks for it; else null. */
  readonly confirmation: string | null;
  /** Chosen by the client once per decision, 8 to 100 characters: the same key never acts twice. */
  readonly idempotencyKey: string;
  /** Do without the second person that is needed here: recorded and told. */
  readonly breakGlass?: boolean;
}

/** Answer of `POST …/actions` (202; 200 when the key was seen before) and of `GET …/actions/{id}`. */
export interface ActionAnswer {
  readonly action: ActionRecord;
}

/** `GET /api/clusters/{scope}/actions`: the running one first, then the newest. */
export interface ActionsAnswer {
  readonly actions: readonly ActionRecord[];
}

/** `details` of an error with code `refused`. */
export interface RefusalDetails {
  /** What changed since the preflight. */
  readonly changes: readonly Text[];
  /** Checks that forbid it now. */
  readonly blockers: readonly Check[];
  /** The action that runs on this cluster. */
  readonly running: { readonly id: string; readonly kind: string; readonly actor: string } | null;
  /** What the decision was bound to, and what is now. */
  readonly bound: { readonly before: Bound | null; readonly now: Bound | null };
}

/** `GET /api/audit?scope&limit&before&format=json|csv`, newest first. */
export interface AuditAnswer {
  readonly rows: readonly ActionRecord[];
  /** Pass as `before` for the next page; null: this was the last. */
  readonly next: string | null;
  /** `journal`: the store is away, only what this process knows is shown. */
  readonly from: 'store' | 'journal';
  readonly journal: {
    readonly entries: number;
    /** SHA-256 of the newest entry; null: empty. */
    readonly head: string | null;
    readonly problem: Text | null;
  };
}

/** One revision of the dynamic configuration, newest first. */
export interface ConfigRevision {
  /** mod_revision in the DCS. */
  readonly revision: string;
  readonly value: JsonObject;
  /** As it was typed in Howdah's editor; null: written by something else, or as JSON. */
  readonly text: string | null;
  /** When Howdah first saw it; null: it is from before, found in the DCS's own history. */
  readonly seenAt: number | null;
  /** Who, where it was done by Howdah; null: by patronictl, REST or Patroni itself. */
  readonly actor: string | null;
  readonly reason: string | null;
  readonly actionId: string | null;
}

/** `GET /api/clusters/{scope}/config/revisions`. */
export interface RevisionsAnswer {
  readonly scope: string;
  readonly revisions: readonly ConfigRevision[];
  /** What could not be read, in words; null: all is there. */
  readonly problem: Text | null;
}

/** `GET /api/clusters/{scope}/settings`: pg_settings of every member that answers. */
export interface SettingsAnswer {
  readonly scope: string;
  readonly at: number;
  /** By server version such as `15.18`. */
  readonly versions: Readonly<Record<string, readonly SettingDefinition[]>>;
  readonly members: readonly {
    readonly name: string;
    /** null: could not be asked; then `problem` says why. */
    readonly version: string | null;
    readonly problem: Text | null;
    readonly values: readonly SettingValue[];
  }[];
}
