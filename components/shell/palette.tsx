'use client';
import { skipToken } from '@tanstack/react-query';
import { Command } from 'cmdk';
import { usePathname, useRouter } from 'next/navigation';
import { useEffect, useMemo, useState } from 'react';
import { useMe } from '@/lib/client/access/me';
import { useFacts, useKnownAction } from '@/lib/client/actions/actions';
import { dcsPath } from '@/lib/client/dcs/care';
import { useFleet, useLost } from '@/lib/client/live/live';
import { useQuery } from '@/lib/client/live/query';
import { livePath, PAST_REASON } from '@/lib/client/past/moment';
import { form, t, wire } from '@/lib/client/words/text';
import type { Snapshot } from '@/lib/domain/cluster';
import { clusterItems } from '../actions/menu-items';
import { Glyph, SeverityIcon } from '../ui/glyph';
import { Icon } from '../ui/icon';
import type { MenuItem } from '../ui/menu';
import { PALETTE } from './palette-key';

const SHOWN_MAX = 40;

const PAGES = [
  { path: '/', word: form('Fleet'), icon: 'fleet' },
  { path: '/availability', word: form('Availability'), icon: 'calendar' },
  { path: '/drift', word: form('Drift'), icon: 'around' },
  { path: '/sources', word: form('Sources'), icon: 'plug' },
  { path: '/events', word: form('Events'), icon: 'events' },
  { path: '/alerts', word: form('Alerts'), icon: 'bell' },
  { path: '/audit', word: form('Audit'), icon: 'audit' },
] as const;

/** The actions of the cluster in view, as its menu has them; none elsewhere. */
function useActions(open: boolean, text: string): { readonly scope: string; readonly items: readonly MenuItem[] } {
  const router = useRouter();
  const [, part] = /^\/clusters\/([^/]+)/.exec(usePathname()) ?? [];
  const scope = part === undefined ? '' : decodeURIComponent(part);
  const snapshot = useQuery<Snapshot>({ queryKey: ['cluster', scope], queryFn: skipToken }).data;
  const newest = useKnownAction(scope);
  const facts = useFacts(scope);
  const lost = useLost();
  const me = useMe();
  return useMemo(() => {
    if (!open || snapshot === undefined) return { scope, items: [] };
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const items = clusterItems(snapshot, { facts, newest, lost, me }, () =>
      router.push(`/clusters/${encodeURIComponent(scope)}/config`),
    );
    const past = new URLSearchParams(location.search).has('at');
    return {
      scope,
      items: items
        .filter((item) => words.every((word) => `${item.word} ${item.key}`.toLowerCase().includes(word)))
        .map((item) =>
          past ? { ...item, disabled: true, note: t('Off: {reason}', { reason: t(PAST_REASON) }) } : item,
        ),
    };
  }, [open, snapshot, facts, newest, lost, me, text, scope, router]);
}

export function Palette() {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const fleet = useFleet();

  useEffect(() => PALETTE.hear(() => setOpen((was) => !was)), []);

  const rows = fleet?.rows;
  const found = useMemo(() => {
    if (!open || rows === undefined) return { clusters: [], members: [], stores: [] };
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const has = (line: string) => words.every((word) => line.toLowerCase().includes(word));
    const clusters = rows.filter((row) =>
      has(`${row.scope} ${Object.entries(row.labels).map((pair) => pair.join('='))}`),
    );
    const members =
      words.length === 0
        ? []
        : rows.flatMap((row) =>
            row.members.filter((member) => has(`${member.name} ${row.scope}`)).map((member) => ({ row, member })),
          );
    const stores = [...new Set(rows.map(({ source }) => source))].sort().filter((source) => has(`dcs ${source}`));
    return {
      clusters: clusters.slice(0, SHOWN_MAX),
      members: members.slice(0, SHOWN_MAX),
      stores: words.length === 0 ? [] : stores.slice(0, SHOWN_MAX),
    };
  }, [open, rows, text]);

  const actions = useActions(open, text);
  const pages = PAGES.map((page) => ({ ...page, word: t(page.word) })).filter(({ word }) =>
    word.toLowerCase().startsWith(text.trim().toLowerCase()),
  );

  const leave = () => {
    setOpen(false);
    setText('');
  };
  const go = (path: string) => {
    leave();
    router.push(path);
  };

  const typed = text.trim().toLowerCase();
  const actFirst = typed !== '' && actions.items.some((item) => item.word.toLowerCase().startsWith(typed));
  const firstAct = actions.items.find((item) => item.disabled !== true);
  const first = actFirst && firstAct !== undefined ? `action/${firstAct.key}` : (found.clusters[0]?.scope ?? '');
  const [picked, setPicked] = useState('');
  // cmdk keeps what was picked for the text before; the first line of the new list is what Enter means.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new text picks anew
  useEffect(() => setPicked(first), [first, text]);
  const acts = actions.items.length > 0 && (
    <Command.Group heading={t('Actions of {scope}', { scope: actions.scope })}>
      {actions.items.map((item) => (
        <Entry
          key={item.key}
          value={`action/${item.key}`}
          disabled={item.disabled === true}
          onSelect={() => {
            leave();
            // The palette gives the focus back first; the dialog takes it after that.
            setTimeout(item.onSelect, 0);
          }}
        >
          {item.icon && <Icon name={item.icon} className="text-f2" />}
          <span className={`shrink-0 font-medium ${item.disabled ? 'text-f3' : 'text-f0'}`}>{item.word}</span>
          <span className="truncate text-12 text-f3">{item.note}</span>
        </Entry>
      ))}
    </Command.Group>
  );

  return (
    <Command.Dialog
      open={open}
      onOpenChange={setOpen}
      label={t('Cluster, member or action')}
      shouldFilter={false}
      value={picked}
      onValueChange={setPicked}
      overlayClassName="fixed inset-0 z-40 bg-bg0/70"
      contentClassName="fixed top-[12vh] left-1/2 z-50 w-[min(560px,calc(100vw-32px))] -translate-x-1/2 overflow-hidden rounded-dialog border border-l2 bg-bg1 shadow-2xl"
    >
      <div className="flex items-center gap-2 border-l1 border-b px-3">
        <Icon name="search" className="text-f2" />
        <Command.Input
          value={text}
          onValueChange={setText}
          placeholder={t('Cluster, member or action')}
          className="h-11 grow bg-transparent text-14 text-f0 outline-none focus-visible:shadow-none"
        />
      </div>
      <Command.List className="max-h-[60vh] overflow-y-auto p-1.5 text-13 [&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-11 [&_[cmdk-group-heading]]:text-f3">
        <Command.Empty className="px-2.5 py-4 text-f2">
          {t('No cluster, member or action has this in its name.')}
        </Command.Empty>
        {actFirst && acts}
        {found.clusters.length > 0 && (
          <Command.Group heading={t('Clusters')}>
            {found.clusters.map((row) => (
              <Entry
                key={row.scope}
                value={row.scope}
                onSelect={() => go(`/clusters/${encodeURIComponent(row.scope)}`)}
              >
                <SeverityIcon health={row.health} size={14} />
                <span className="shrink-0 font-medium text-f0">{row.scope}</span>
                <span className="truncate text-12 text-f3">
                  {row.headline == null ? t('healthy') : wire(row.headline.title)}
                </span>
              </Entry>
            ))}
          </Command.Group>
        )}
        {found.members.length > 0 && (
          <Command.Group heading={t('Members')}>
            {found.members.map(({ row, member }) => (
              <Entry
                key={`${row.scope}/${member.name}`}
                value={`${row.scope}/${member.name}`}
                onSelect={() => go(livePath(row.scope, member.name))}
              >
                <Glyph glyph={member.glyph} />
                <span className="font-medium text-f0">{member.name}</span>
                <span className="truncate text-12 text-f3">{t('of {scope}', { scope: row.scope })}</span>
              </Entry>
            ))}
          </Command.Group>
        )}
        {!actFirst && acts}
        {found.stores.length > 0 && (
          <Command.Group heading="DCS">
            {found.stores.map((source) => (
              <Entry key={source} value={`dcs/${source}`} onSelect={() => go(dcsPath(source))}>
                <Icon name="around" className="text-f2" />
                <span className="font-medium text-f0">{source}</span>
                <span className="truncate text-12 text-f3">{t('Members, votes and disks')}</span>
              </Entry>
            ))}
          </Command.Group>
        )}
        {pages.length > 0 && (
          <Command.Group heading={t('Pages')}>
            {pages.map(({ path, word, icon }) => (
              <Entry key={path} value={`page${path}`} onSelect={() => go(path)}>
                <Icon name={icon} className="text-f2" />
                <span className="font-medium text-f0">{word}</span>
              </Entry>
            ))}
          </Command.Group>
        )}
      </Command.List>
    </Command.Dialog>
  );
}

interface EntryProps {
  readonly value: string;
  readonly onSelect: () => void;
  readonly disabled?: boolean;
  readonly children: React.ReactNode;
}

function Entry({ value, onSelect, disabled = false, children }: EntryProps) {
  return (
    <Command.Item
      value={value}
      disabled={disabled}
      onSelect={onSelect}
      className="flex h-9 cursor-pointer items-center gap-2.5 rounded-control px-2.5 aria-selected:bg-bg3"
    >
      {children}
    </Command.Item>
  );
}
