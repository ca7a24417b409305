'use client';
import { useState } from 'react';
import { useWallOrders, useWalls } from '@/lib/client/access/access';
import { readLabels, splitList, whereText } from '@/lib/client/access/words';
import { useNow } from '@/lib/client/live/clock';
import { exactTime, formatDuration, formatTime } from '@/lib/client/words/format';
import { type Language, language, t, tn } from '@/lib/client/words/text';
import type { WallCreated, WallEntry } from '@/lib/contract/access';
import { LANGUAGES, nameOfLanguage } from '@/lib/language/language';
import { Button } from '../ui/button';
import { CheckField, SelectField, TextField } from '../ui/field';
import { Panel } from '../ui/panel';
import { Segmented } from '../ui/segmented';
import { useSending } from '../ui/use-sending';
import { ArmedButton } from './armed-button';
import { PanelState, Problem, ROW } from './panel-states';
import { OnceDialog, SmallDialog } from './small-dialog';

/** Links to walls: each opens one screen of a room, for whoever has it. */
export function WallsPanel() {
  const asked = useWalls();
  const { link, revoke } = useWallOrders();
  const { isSending, problem, run } = useSending();
  const [isNew, setNew] = useState(false);
  const [shown, setShown] = useState<WallCreated | null>(null);
  const now = useNow(10_000);
  const walls = asked.data?.walls ?? [];
  const show = async (id: string): Promise<void> => {
    const made = await run(() => link(id));
    if (made !== null) setShown(made.answer);
  };
  return (
    <Panel
      title={t('Walls')}
      count={asked.data && tn(walls.length, '{n} link', '{n} links')}
      aside={<Button onClick={() => setNew(true)}>{t('New wall…')}</Button>}
    >
      <PanelState asked={asked}>
        {walls.length === 0 ? (
          <p className="px-3.5 py-3 text-f2">
            {t('A wall shows clusters on a screen in a room, by a link that can do nothing else and needs no sign-in.')}
          </p>
        ) : (
          <ul>
            {walls.map((wall) => (
              <li key={wall.id} className={ROW}>
                <WallLine wall={wall} now={now} />
                {isOpen(wall, now) && (
                  <>
                    <Button
                      className="shrink-0"
                      disabled={isSending}
                      label={t('Show the link of {name}', { name: wall.name })}
                      onClick={() => void show(wall.id)}
                    >
                      {t('Show the link')}
                    </Button>
                    <ArmedButton
                      word={t('Revoke')}
                      sure={t('Press again: its screens go dark')}
                      label={t('Revoke {name}', { name: wall.name })}
                      disabled={isSending}
                      onConfirm={() => void run(() => revoke(wall.id))}
                    />
                  </>
                )}
              </li>
            ))}
          </ul>
        )}
        {problem !== null && (
          <div className="px-3.5 pb-2.5">
            <Problem text={problem} />
          </div>
        )}
      </PanelState>
      {isNew && (
        <WallDialog
          onClose={() => setNew(false)}
          onMade={(made) => {
            setNew(false);
            setShown(made);
          }}
        />
      )}
      {shown !== null && (
        <OnceDialog
          title={t('Link of the wall {name}', { name: shown.wall.name })}
          text={shown.link}
          note={t(
            'Whoever has it sees this wall, and nothing else. It can be shown again here and revoked at any time.',
          )}
          onClose={() => setShown(null)}
        />
      )}
    </Panel>
  );
}

function isOpen(wall: WallEntry, now: number): boolean {
  return wall.revokedAt === null && (wall.expiresAt === null || wall.expiresAt > now);
}

function WallLine({ wall, now }: { wall: WallEntry; now: number }) {
  const ends =
    wall.revokedAt !== null
      ? t('revoked {time}', { time: formatTime(wall.revokedAt, now) })
      : wall.expiresAt === null
        ? t('until it is revoked')
        : wall.expiresAt <= now
          ? t('expired {time}', { time: formatTime(wall.expiresAt, now) })
          : t('expires in {time}', { time: formatDuration(wall.expiresAt - now) });
  const seen =
    wall.lastSeenAt === null
      ? t('never opened')
      : wall.screens > 0
        ? tn(wall.screens, '{n} screen looks at it', '{n} screens look at it')
        : t('last opened {time} ago', { time: formatDuration(Math.max(0, now - wall.lastSeenAt)) });
  const shows = [
    whereText(wall),
    wall.hosts ? t('with host names') : t('without host names'),
    wall.theme === 'dark' ? t('dark') : t('light'),
    ...(wall.sound ? [t('with sound')] : []),
    nameOfLanguage(wall.language),
  ];
  return (
    <span className="min-w-0 grow basis-48">
      <span className={`break-words ${isOpen(wall, now) ? 'font-semibold text-f0' : 'text-f2 line-through'}`}>
        {wall.name}
      </span>{' '}
      <span className="text-12 text-f2" title={exactTime(wall.createdAt)}>
        {t('by {who}', { who: wall.createdBy })}
      </span>
      <span className="block break-words text-12 text-f1">{shows.join(', ')}</span>
      <span className="block break-words text-12 text-f2">
        {ends}; {seen}
      </span>
    </span>
  );
}

const DAYS = ['0', '1', '7', '30', '90', '365'] as const;

function WallDialog({ onClose, onMade }: { onClose: () => void; onMade: (made: WallCreated) => void }) {
  const { create } = useWallOrders();
  const { isSending, problem, run } = useSending();
  const [name, setName] = useState('');
  const [names, setNames] = useState('');
  const [labels, setLabels] = useState('');
  const [hosts, setHosts] = useState(false);
  const [sound, setSound] = useState(false);
  const [theme, setTheme] = useState<'dark' | 'light'>('dark');
  const [words, setWords] = useState<Language>(language());
  const [days, setDays] = useState('0');
  const [wrong, setWrong] = useState<string | null>(null);
  const submit = async (): Promise<void> => {
    const pairs = readLabels(labels);
    const scopes = splitList(names);
    const found =
      name.trim() === ''
        ? t('Give the wall a name: where the screen hangs.')
        : pairs === null
          ? t('Write labels as name=value, with commas between them.')
          : null;
    setWrong(found);
    if (found !== null || pairs === null) return;
    const made = await run(() =>
      create({
        name: name.trim(),
        labels: pairs,
        scopes: scopes.length === 0 ? null : scopes,
        hosts,
        theme,
        sound,
        language: words,
        days: days === '0' ? null : Number(days),
      }),
    );
    if (made !== null) onMade(made.answer);
  };
  return (
    <SmallDialog
      title={t('New wall')}
      note={t('The link shows these clusters and nothing else: no action, no other page.')}
      verb={isSending ? t('Creating') : t('Create the link')}
      isSending={isSending}
      problem={wrong ?? problem}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <TextField label={t('Name')} value={name} onChange={setName} maxLength={100} initialFocus />
      <div className="grid gap-3 md:grid-cols-2">
        <TextField
          label={t('Clusters by label')}
          value={labels}
          onChange={setLabels}
          placeholder={t('env=prod')}
          note={t('Empty: all.')}
        />
        <TextField
          label={t('and by name')}
          value={names}
          onChange={setNames}
          placeholder={t('orders, billing-*')}
          note={t('Empty: all.')}
        />
      </div>
      <div className="flex flex-wrap items-end gap-3">
        <Segmented
          label={t('Theme')}
          options={[
            { value: 'dark', word: t('Dark') },
            { value: 'light', word: t('Light') },
          ]}
          value={theme}
          onChange={setTheme}
        />
        <Segmented
          label={t('Language')}
          options={LANGUAGES.map((value) => ({ value, word: nameOfLanguage(value) }))}
          value={words}
          onChange={setWords}
        />
        <div className="w-44">
          <SelectField
            label={t('Expires')}
            value={days}
            onChange={setDays}
            options={DAYS.map((value) => ({
              value,
              word: value === '0' ? t('When it is revoked') : tn(Number(value), 'In {n} day', 'In {n} days'),
            }))}
          />
        </div>
      </div>
      <CheckField
        label={t('Show host names and addresses')}
        note={t('Whoever passes by reads them.')}
        checked={hosts}
        onChange={setHosts}
      />
      <CheckField
        label={t('A sound when a new critical finding appears')}
        note={t('The browser must allow it: a touch on the screen is enough.')}
        checked={sound}
        onChange={setSound}
      />
    </SmallDialog>
  );
}
