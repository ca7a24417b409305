// Findings with a beginning and an end, out of the events of a window and the snapshots at its two ends. Pure. Two snapshots are
// needed because events may be missing (given up while the store was away, cut): what the later snapshot has not, has ended.

import { isSameText, type Text } from '../../language/sentence';
import type { Finding, FindingCode } from '../cluster';
import { type ClusterEvent, titleOfOver } from '../events';
import { standsSeveralTimes } from '../findings/rule';
import { bySeverity, worse } from '../severity';
import type { FindingSpan, Incident } from './incident';

type Window = Pick<Incident, 'events' | 'before' | 'after'>;

/** A span with the events that told its ends; null: the snapshots did. */
export interface ToldSpan extends FindingSpan {
  readonly raised: ClusterEvent | null;
  readonly cleared: ClusterEvent | null;
}

const subjectOf = (about: { readonly code: FindingCode | null; readonly members: readonly string[] }): string =>
  `${about.code}:${about.members.join(',')}`;

/** Oldest first; those that stood before the window come first. */
export function findingSpans(window: Window): FindingSpan[] {
  return toldSpans(window).map(({ code, severity, title, members, from, to }) => ({
    code,
    severity,
    title,
    members,
    from,
    to,
  }));
}

export function toldSpans({ events, before, after }: Window): ToldSpan[] {
  const done: ToldSpan[] = [];
  const open: ToldSpan[] = (before?.findings ?? []).map((finding) => standing(finding));
  for (const event of events) {
    const { code } = event;
    if (code === null) continue;
    const subject = subjectOf(event);
    const same = open.filter((span) => subjectOf(span) === subject);
    if (event.kind === 'finding_raised') {
      // Told again after a restart: it is the same one.
      if (same.some((span) => isSameText(span.title, event.text) || !standsSeveralTimes(code))) continue;
      open.push({
        code,
        severity: event.severity ?? 'unknown',
        title: event.text,
        members: event.members,
        from: event.at,
        to: null,
        raised: event,
        cleared: null,
      });
    } else if (event.kind === 'finding_cleared') {
      const title = titleOfOver(event.text);
      const span = same.find((one) => isSameText(one.title, title)) ?? same[0];
      if (span !== undefined) open.splice(open.indexOf(span), 1);
      done.push({ ...(span ?? unseenBeginning(event, code, title)), to: event.at, cleared: event });
    }
  }
  return [...done, ...settle(open, after)].sort(byBeginning);
}

function standing({ code, severity, title, members, since }: Finding): ToldSpan {
  return { code, severity, title, members, from: since, to: null, raised: null, cleared: null };
}

/** Its end was seen, its beginning was not. How bad it was nobody said. */
function unseenBeginning(event: ClusterEvent, code: FindingCode, title: Text): ToldSpan {
  return {
    code,
    severity: event.severity ?? 'unknown',
    title,
    members: event.members,
    from: null,
    to: null,
    raised: null,
    cleared: null,
  };
}

/** What the end of the window says about those still open, and those it has that no event told. */
function settle(open: readonly ToldSpan[], after: Incident['after']): ToldSpan[] {
  if (after === null) return [...open];
  const left = new Map(after.findings.map((finding) => [subjectOf(finding), finding]));
  const settled = open.map((span) => {
    const finding = left.get(subjectOf(span));
    if (finding !== undefined) return { ...span, severity: worse(span.severity, finding.severity) };
    // The snapshot is older than the beginning: it says nothing.
    return span.from !== null && after.observedAt <= span.from ? span : { ...span, to: after.observedAt };
  });
  const known = new Set(open.map(subjectOf));
  return [...settled, ...after.findings.filter((finding) => !known.has(subjectOf(finding))).map(standing)];
}

function byBeginning(a: FindingSpan, b: FindingSpan): number {
  return (a.from ?? 0) - (b.from ?? 0) || bySeverity(a.severity, b.severity) || a.code.localeCompare(b.code);
}
