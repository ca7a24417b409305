'use client';
import { type UseQueryResult, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { RevisionsAnswer, SettingsAnswer } from '../../contract/actions';
import { PATHS } from '../../contract/paths';
import type { ActionFacts, ActionRecord, ActionRequest, PreflightAnswer } from '../../domain/actions/action';
import { digestOf } from '../../domain/actions/bound';
import type { Snapshot } from '../../domain/cluster';
import { applyFix, checkConfig, uncheckedWords } from '../../domain/config/check';
import { diffConfig, type LeafChange, type Path, sameJson, withLeaf } from '../../domain/config/diff';
import { effectsOf, type LeafEffect } from '../../domain/config/effects';
import { type ConfigFacts, factsOf, NO_FACTS } from '../../domain/config/facts';
import { mergeConfig } from '../../domain/config/merge';
import type { ConfigProblem, Fix } from '../../domain/config/problem';
import { type MemberUptake, uptakeOf } from '../../domain/config/uptake';
import type { JsonObject } from '../../domain/wire/loose';
// The configuration editor's state for React: what is stored (stream or REST), what a person typed, what the checks say of it, and
// what saving would do. The rules are in config-session.ts and domain/config; this only wires them to queries and the tab.
import type { Text } from '../../language/sentence';
import { saidBy } from '../../language/spoken-error';
import { useNewestAction } from '../actions/actions';
import { clockNow, useNow } from '../live/clock';
import { getJson, postJson, useConfig } from '../live/fetch';
import { useCluster, useLost } from '../live/live';
import { useQuery } from '../live/query';
import { t, tn, wire } from '../words/text';
import { type ConfigDocument, type Format, parseConfig, updateText } from './document';
import {
  beginSession,
  decideConflict,
  type EditSession,
  followStored,
  isEdited,
  keepSession,
  mergeSession,
  readSession,
  type Stored,
  sessionValue,
  settleSent,
  switchFormat,
  textToKeep,
} from './session';

/** Rows of every member: seldom, but for the minutes in which members take a change up. */
const SETTINGS_EACH_MS = 60_000;
const SETTINGS_SOON_MS = 3000;
const SOON_FOR_MS = 120_000;
const REVISIONS_EACH_MS = 15_000;
const ACCESS_DEADLINE_MS = 10_000;
const TYPE_PAUSE_MS = 300;
const NO_CHANGES: readonly never[] = [];

export function useRevisions(scope: string): UseQueryResult<RevisionsAnswer> {
  return useQuery({
    queryKey: ['revisions', scope],
    queryFn: ({ signal }) => getJson<RevisionsAnswer>(PATHS.revisions(scope), signal),
    refetchInterval: REVISIONS_EACH_MS,
    retry: false,
  });
}

function useSettings(scope: string, soon: boolean): UseQueryResult<SettingsAnswer> {
  return useQuery({
    queryKey: ['settings', scope],
    queryFn: ({ signal }) => getJson<SettingsAnswer>(PATHS.settings(scope), signal),
    refetchInterval: soon ? SETTINGS_SOON_MS : SETTINGS_EACH_MS,
    retry: false,
  });
}

/** Asked once: may this Howdah write at all? null: not known, then the dialog will say. */
function useReadOnly(scope: string, stored: Stored | null): boolean | null {
  const client = useQueryClient();
  const asked = useQuery({
    queryKey: ['config-access', scope],
    queryFn: async ({ signal }) => {
      const request: ActionRequest = {
        kind: 'edit_config',
        baseRevision: stored?.revision ?? null,
        baseDigest: null,
        value: stored?.value ?? {},
        text: null,
      };
      const { facts } = await postJson<PreflightAnswer>(PATHS.preflight(scope), request, ACCESS_DEADLINE_MS, signal);
      client.setQueryData<ActionFacts>(['action-facts', scope], facts);
      return facts.readOnly;
    },
    enabled: stored !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  return asked.data ?? null;
}

/** In words; null: nothing failed. */
export function failureWords(error: Error | null): string | null {
  if (error === null) return null;
  return error.name === 'TimeoutError' ? t('Howdah did not answer in time') : wire(saidBy(error));
}

function tabStorage(): globalThis.Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}

export interface PlacedProblem extends ConfigProblem {
  /** In the text; null: of the document as a whole. */
  readonly from: number | null;
  readonly to: number | null;
}

export interface Divergence {
  readonly stored: Stored;
  /** What changed in the DCS since the edit began. */
  readonly theirs: readonly LeafChange[];
  readonly conflicts: readonly Path[];
}

export interface ConfigEditor {
  readonly snapshot: Snapshot | undefined;
  readonly readOnly: boolean | null;
  readonly session: EditSession;
  readonly document: ConfigDocument;
  readonly edited: boolean;
  readonly changes: readonly LeafChange[];
  readonly effects: readonly LeafEffect[];
  readonly problems: readonly PlacedProblem[];
  readonly settings: SettingsAnswer | null;
  readonly facts: ConfigFacts;
  /** What is not checked and why; null: everything was. */
  readonly unchecked: Text | null;
  /** Stored by somebody else while this edit goes on. */
  readonly diverged: Divergence | null;
  readonly uptake: readonly MemberUptake[] | null;
  /** null: may be saved; else why not, as the button says it. */
  readonly stop: Text | null;
  setText(text: string): void;
  setFormat(format: Format): void;
  discard(): void;
  fix(fix: Fix): void;
  merge(): void;
  /** Decides a conflict: the leaf becomes this value. */
  decide(path: Path, value: unknown): void;
  /** Loads an old value as an edit. */
  load(value: JsonObject, text: string | null): void;
  request(): ActionRequest | null;
  accepted(action: ActionRecord): void;
  forgetUptake(): void;
}

/** The snapshot is faster, the route is there without a stream. */
function useStored(snapshot: Snapshot | undefined, answer: ReturnType<typeof useConfig>['data']): Stored | null {
  const live = snapshot?.cluster.config ?? null;
  const newer = (): Stored | null => {
    if (live === null) return answer ?? null;
    if (answer === undefined) return live;
    if (live.revision !== null && answer.revision !== null)
      return Number(answer.revision) > Number(live.revision) ? answer : live;
    return live.revision !== null
      ? live
      : answer.revision !== null || answer.observedAt > live.observedAt
        ? answer
        : live;
  };
  const found = newer();
  // The same object while the content is the same: each snapshot carries a new one.
  const text =
    found === null ? '' : JSON.stringify({ revision: found.revision, value: found.value, numbers: found.numbers });
  return useMemo(() => (text === '' ? null : (JSON.parse(text) as Stored)), [text]);
}

export function useConfigEditor(scope: string): {
  readonly editor: ConfigEditor | null;
  readonly config: ReturnType<typeof useConfig>;
} {
  const snapshot = useCluster(scope);
  const config = useConfig(scope);
  const stored = useStored(snapshot, config.data);
  const lost = useLost();
  const readOnly = useReadOnly(scope, stored);
  const revisions = useRevisions(scope);
  const kept = revisions.data?.revisions ?? NO_CHANGES;
  const storedRevision = stored?.revision ?? null;
  const { refetch: refetchRevisions } = revisions;
  useEffect(() => {
    if (storedRevision !== null) void refetchRevisions();
  }, [storedRevision, refetchRevisions]);
  const [session, setSession] = useState<EditSession | null>(null);
  const recent = session?.sent ?? session?.saved ?? null;
  const settingsQuery = useSettings(scope, recent !== null && clockNow() - recent.at < SOON_FOR_MS);
  const settings = settingsQuery.data ?? null;
  const change = useCallback(
    (next: (was: EditSession) => EditSession) => setSession((was) => (was === null ? was : next(was))),
    [],
  );

  useEffect(() => {
    if (stored === null) return;
    setSession((was) => {
      const begun = was ?? readStored(scope) ?? beginSession(stored, kept);
      return followStored(begun, stored, kept, clockNow());
    });
  }, [scope, stored, kept]);
  useKept(scope, session);
  const sent = session?.sent ?? null;
  const newest = useNewestAction(scope);
  useEffect(() => {
    if (sent === null || newest == null || newest.id !== sent.actionId || newest.phase !== 'closed') return;
    const done = newest.outcome === 'done' || newest.outcome === 'done_differently';
    change((was) => settleSent(was, newest.id, done, newest.revision));
  }, [sent, newest, change]);

  const text = session?.text ?? '';
  const format = session?.format ?? 'yaml';
  const base = session?.base ?? null;
  const document = useMemo(() => parseConfig(text, format, base?.numbers), [text, format, base]);
  const factsText = snapshot === undefined ? '' : JSON.stringify(factsOf(snapshot.cluster));
  const facts: ConfigFacts = useMemo(
    () => (factsText === '' ? NO_FACTS : (JSON.parse(factsText) as ConfigFacts)),
    [factsText],
  );
  const value = document.value;
  const changes = useMemo(
    () => (base === null || value === null ? NO_CHANGES : diffConfig(base.value, value)),
    [base, value],
  );
  const problems = useMemo(() => placed(document, base, settings, facts), [document, base, settings, facts]);
  const storedAt = revisions.data?.revisions.find((entry) => entry.revision === base?.revision)?.seenAt ?? null;
  const effects = useMemo(
    () =>
      base === null || value === null
        ? NO_CHANGES
        : effectsOf(changes, { before: base.value, after: value, settings, facts, storedAt }),
    [changes, base, value, settings, facts, storedAt],
  );
  const diverged = useMemo(() => divergence(session, stored, value), [session, stored, value]);
  const uptake = useUptake(session, settings, facts, snapshot);

  if (session === null) return { editor: null, config };
  const edited = isEdited(session);
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const stop = (): Text | null => {
    if (readOnly === true) return t('this Howdah only watches');
    if (!edited || (value !== null && changes.length === 0)) return t('nothing changed');
    if (value === null) return t('it does not parse');
    if (errors > 0) return tn(errors, 'fix {n} error first', 'fix {n} errors first');
    if (session.sent !== null) return t('the last change is under way');
    if (diverged !== null) return t('merge first');
    if (session.undecided.length > 0)
      return tn(session.undecided.length, 'decide {n} conflict first', 'decide {n} conflicts first');
    if (lost) return t('connection lost');
    return null;
  };
  const editor: ConfigEditor = {
    snapshot,
    readOnly,
    session,
    document,
    edited,
    changes,
    effects,
    problems,
    settings,
    facts,
    unchecked: uncheckedWords(settings, failureWords(settingsQuery.error)),
    diverged,
    uptake,
    stop: stop(),
    setText: (next) => change((was) => ({ ...was, text: next })),
    setFormat: (next) => change((was) => switchFormat(was, next)),
    discard: () =>
      change((was) => ({ ...beginSession(stored ?? was.base, kept, was.format), sent: was.sent, saved: was.saved })),
    fix: (fix) => change((was) => withValue(was, (now) => applyFix(now, fix))),
    merge: () => stored !== null && change((was) => mergeSession(was, stored)),
    decide: (path, leaf) =>
      change((was) => {
        const now = sessionValue(was);
        return now === null ? was : decideConflict(was, path, withLeaf(now, path, leaf));
      }),
    load: (next, written) =>
      change((was) => {
        const fits =
          written !== null &&
          was.format === 'yaml' &&
          sameJson(parseConfig(written, 'yaml', was.base.numbers).value, next);
        return { ...was, text: fits ? written : updateText(was.text, was.format, next, was.base.numbers) };
      }),
    request: () =>
      value === null
        ? null
        : {
            kind: 'edit_config',
            baseRevision: session.base.revision,
            baseDigest: digestOf(session.base.value),
            value,
            text: textToKeep(session, value),
          },
    accepted: (action) => {
      if (action.request.kind !== 'edit_config') return;
      const sent = {
        actionId: action.id,
        before: session.base.value,
        after: action.request.value,
        at: action.requestedAt,
      };
      const next = { ...session, sent, saved: null };
      setSession(next);
      // The page may be left in the same breath.
      writeStored(scope, next);
    },
    forgetUptake: () => change((was) => ({ ...was, saved: null })),
  };
  return { editor, config };
}

function withValue(session: EditSession, next: (value: JsonObject) => JsonObject): EditSession {
  const value = sessionValue(session);
  return value === null
    ? session
    : { ...session, text: updateText(session.text, session.format, next(value), session.base.numbers) };
}

function readStored(scope: string): EditSession | null {
  const storage = tabStorage();
  return storage === null ? null : readSession(storage, scope);
}

function writeStored(scope: string, session: EditSession): void {
  try {
    const storage = tabStorage();
    if (storage !== null) keepSession(storage, scope, session);
  } catch {
    // Full or forbidden: the edit lives as long as the page.
  }
}

/** Kept in the tab, and a warning before the tab itself goes. */
function useKept(scope: string, session: EditSession | null): void {
  const newest = useRef<EditSession | null>(null);
  useEffect(() => {
    newest.current = session;
    if (session === null) return;
    const timer = setTimeout(() => writeStored(scope, session), TYPE_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [scope, session]);
  useEffect(
    () => () => {
      if (newest.current !== null) writeStored(scope, newest.current);
    },
    [scope],
  );
  const edited = session !== null && isEdited(session);
  useEffect(() => {
    if (!edited) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [edited]);
}

function placed(
  document: ConfigDocument,
  base: Stored | null,
  settings: SettingsAnswer | null,
  facts: ConfigFacts,
): readonly PlacedProblem[] {
  const ofText = document.problems.map((problem) => ({
    path: [],
    severity: problem.severity,
    code: 'text',
    text: problem.text,
    fix: null,
    stored: false,
    from: problem.from,
    to: problem.to,
  }));
  if (base === null || document.value === null) return ofText;
  const found = checkConfig({ value: document.value, before: base.value, settings, facts });
  return [
    ...ofText,
    ...found.map((problem) => {
      const range = document.rangeOf(problem.path);
      const fix = problem.fix === null ? null : { ...problem.fix, label: wire(problem.fix.label) };
      return { ...problem, text: wire(problem.text), fix, from: range?.from ?? null, to: range?.to ?? null };
    }),
  ];
}

function divergence(session: EditSession | null, stored: Stored | null, value: JsonObject | null): Divergence | null {
  if (session === null || stored === null || session.sent !== null) return null;
  const { base } = session;
  if (sameJson(stored.value, base.value)) return null;
  if (base.revision !== null && stored.revision !== null && Number(stored.revision) < Number(base.revision))
    return null;
  const conflicts =
    value === null ? [] : mergeConfig(base.value, stored.value, value).conflicts.map((conflict) => conflict.path);
  return { stored, theirs: diffConfig(base.value, stored.value), conflicts };
}

function useUptake(
  session: EditSession | null,
  settings: SettingsAnswer | null,
  facts: ConfigFacts,
  snapshot: Snapshot | undefined,
): readonly MemberUptake[] | null {
  const now = useNow(1000);
  const saved = session?.saved ?? null;
  if (saved === null || snapshot === undefined) return null;
  const { members, config } = snapshot.cluster;
  return uptakeOf(diffConfig(saved.before, saved.after), {
    before: saved.before,
    after: saved.after,
    settings,
    facts,
    savedAt: saved.at,
    now,
    loopWaitSeconds: config?.loopWaitSeconds ?? 10,
    pending: Object.fromEntries(
      members.map((member) => [
        member.name,
        member.pendingRestart?.parameters.map((parameter) => parameter.name) ?? [],
      ]),
    ),
    silent: members.filter((member) => member.silent).map((member) => member.name),
  });
}
