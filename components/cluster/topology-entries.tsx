'use client';
import { useFreshness } from '@/lib/client/live/live';
import { t, wire } from '@/lib/client/words/text';
import { KIND_NAMES } from '@/lib/domain/entries/words';
import { toneOf } from '@/lib/domain/severity';
import { SeverityIcon } from '../ui/glyph';
import { Icon } from '../ui/icon';
import { Name } from '../ui/name';
import { TONE_TEXT } from '../ui/tone';
import { type Door, leadsWords, sessionWords } from './entry-words';
import type { Box } from './topology-layout';
import type { TopologyEdge } from './topology-model';

const SHOWN = 4;
const HEIGHT = { head: 26, door: 52, more: 20, gap: 8 } as const;

/** The worst first, then as the settings have them: what is left out is well. */
function shownOf(doors: readonly Door[]): readonly Door[] {
  const bad = doors.filter(({ health }) => health !== 'ok' && health !== 'note');
  return [...bad, ...doors.filter((door) => !bad.includes(door))].slice(0, SHOWN);
}

function groupsOf(doors: readonly Door[]): readonly (readonly Door[])[] {
  const shown = shownOf(doors);
  const names = [...new Set(shown.map(({ entry }) => entry.name))];
  return names.map((name) => shown.filter(({ entry }) => entry.name === name));
}

export function entriesHeight(doors: readonly Door[]): number {
  const groups = groupsOf(doors);
  const more = doors.length > SHOWN ? HEIGHT.more : 0;
  return groups.reduce((sum, group) => sum + HEIGHT.head + group.length * HEIGHT.door + HEIGHT.gap, more);
}

/** How writers come to the leader: cut where they reach nobody or somebody else. */
export function entryEdgeOf(doors: readonly Door[], leader: string | null): TopologyEdge | null {
  const meant = doors.filter(({ listener }) => listener.purpose === 'primary');
  const writing = meant.length > 0 ? meant : doors.filter(({ listener }) => listener.purpose !== 'replicas');
  if (writing.length === 0 || leader === null) return null;
  const leading = writing.filter(({ listener }) => listener.members.includes(leader));
  const known = leading.filter(({ listener }) => listener.verdict !== 'unseen');
  const blank = { above: '', below: '' };
  if (known.length > 0) {
    const isBad = writing.some(({ health }) => health === 'critical' || health === 'warning');
    return { kind: 'async', tone: isBad ? 'warning' : 'plain', ...blank };
  }
  const isBlind = writing.every(({ listener: { verdict } }) =>
    ['unseen', 'relays', 'unidentified', 'untested'].includes(verdict),
  );
  return isBlind ? { kind: 'unknown', tone: 'unknown', ...blank } : { kind: 'broken', tone: 'critical', ...blank };
}

/** Left of the leader: each door, for whom it is, and to whom it leads. */
export function TopologyEntries({ doors, box }: { doors: readonly Door[]; box: Box }) {
  const groups = groupsOf(doors);
  const left = doors.length - shownOf(doors).length;
  return (
    <div style={{ left: box.x, top: box.y, width: box.width }} className="absolute">
      {groups.map((group) => (
        <EntryCard key={group[0]?.entry.name} doors={group} />
      ))}
      {left > 0 && <p className="px-1 text-11 text-f3">{t('and {n} more', { n: left })}</p>}
    </div>
  );
}

function EntryCard({ doors }: { doors: readonly Door[] }) {
  const [first] = doors;
  const was = useFreshness(first?.entry.witness.observedAt ?? null, first?.entry.limitMs ?? 1) === 'was';
  if (first === undefined) return null;
  const { entry } = first;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a node of the drawing, not a form's fieldset
    <div
      role="group"
      aria-label={`${wire(KIND_NAMES[entry.kind])} ${entry.name}`}
      style={{ marginBottom: HEIGHT.gap }}
      className={`rounded-panel border ${was ? 'border-unknown border-dashed' : 'border-l2'}`}
    >
      <p style={{ height: HEIGHT.head }} className="flex items-center gap-1.5 px-2 text-12 text-f2">
        <Icon name="plug" size={12} />
        <Name text={entry.name} limit={11} />
        <span className="ml-auto truncate text-11 text-f3">{wire(KIND_NAMES[entry.kind])}</span>
      </p>
      {doors.map((door) => (
        <DoorLines key={door.listener.name} door={door} was={was} />
      ))}
    </div>
  );
}

function DoorLines({ door: { entry, listener, health }, was }: { door: Door; was: boolean }) {
  const isBad = health !== 'ok' && health !== 'note';
  const leads = leadsWords(listener);
  const tone = was ? 'text-unknown' : isBad ? `font-semibold ${TONE_TEXT[toneOf(health)]}` : 'text-f1';
  return (
    <div
      style={{ height: HEIGHT.door }}
      title={`${listener.name}: ${leads}`}
      className="flex flex-col justify-center border-l1 border-t px-2 text-11 leading-[15px]"
    >
      {entry.kind !== 'address' && (
        <span className="truncate font-semibold text-12 text-f0">
          <Name text={listener.name} limit={18} />
        </span>
      )}
      <span className={`flex items-center gap-1 ${tone}`}>
        {isBad && <SeverityIcon health={was ? 'unknown' : health} size={11} />}
        <span className="truncate">{was ? t('was {value}', { value: leads }) : leads}</span>
      </span>
      <span className="truncate text-f2">{sessionWords(listener)}</span>
    </div>
  );
}
