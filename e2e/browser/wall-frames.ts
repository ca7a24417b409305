// Walls of as many clusters as a test wants, said into a page by its own stream.
import type { Page, Route } from '@playwright/test';
import type { WallFrame, WallLook, WallProblem, WallTile } from '../../lib/contract/wall';

const NAMES =
  'auth media abtest accounts ads assets audit bi booking cart chat cms crm edge email export feeds flags forum fraud geo graph hr ident images import jobs legal loyalty mail maps metrics notify offers partner photos pricing quotes reports returns sessions warehouse'.split(
    ' ',
  );
const TROUBLE = [
  { health: 'critical', impact: 'not_writable', words: { en: 'no leader', ru: 'нет лидера' } },
  { health: 'critical', impact: 'data_at_risk', words: { en: 'n5 forked', ru: 'n5 разошёлся' } },
  { health: 'unknown', impact: 'unknown', words: { en: 'n2 silent', ru: 'n2 молчит' } },
  { health: 'warning', impact: 'no_failover', words: { en: 'no candidate', ru: 'нет кандидата' } },
  { health: 'warning', impact: 'degraded', words: { en: 'WAL 41.3 GiB', ru: 'WAL 41,3 ГиБ' } },
  { health: 'warning', impact: 'degraded', words: { en: 'paused', ru: 'пауза' } },
] as const;

export type Hello = Extract<WallFrame, { kind: 'hello' }>;

/** `build`: another one than the page's makes it load itself again. */
export function helloOf(count: number, problems: number, look: Partial<WallLook> = {}, build = 'test'): Hello {
  const now = Date.now();
  const wall: WallLook = { name: 'NOC', theme: 'dark', language: 'en', sound: false, ...look };
  const tiles = Array.from({ length: count }, (_, index): WallTile => {
    const name = NAMES[index % NAMES.length] ?? 'x';
    const round = Math.floor(index / NAMES.length);
    const trouble = index < problems ? TROUBLE[index % TROUBLE.length] : undefined;
    return {
      scope: round === 0 ? name : round % 3 === 0 ? `payments-${name}-eu-central-${round}` : `${name}-${round}`,
      health: trouble?.health ?? 'ok',
      impact: trouble?.impact ?? null,
      words: trouble?.words[wall.language] ?? null,
      since: trouble === undefined ? null : now - 42_000 - index * 3_700_000,
      leader: 'n1',
      lag: wall.language === 'ru' ? '584 Б' : '584 B',
      timeline: 4,
      marks: trouble === undefined && index % 17 === 0 ? ['pending_restart', 'scheduled'] : [],
      observedAt: now - 400,
      staleAfterMs: 3_600_000,
    };
  });
  return {
    kind: 'hello',
    now,
    seenAt: now,
    build,
    wall,
    tiles,
    problems: tiles.slice(0, Math.min(problems, 40)).map((tile, index) => problemOf(tile, index, wall)),
    events: tiles.slice(0, 12).map(({ scope }, index) => ({
      id: String(index),
      scope,
      at: now - index * 60_000,
      text: wall.language === 'ru' ? 'n2 лидер, прежде n1' : 'n2 leads, after n1',
    })),
  };
}

function problemOf({ scope, health, since }: WallTile, index: number, { language }: WallLook): WallProblem {
  const ru = language === 'ru';
  const own = { scope, health, since: since ?? 0, more: 0 };
  if (index % 2 === 0)
    return {
      ...own,
      label: ru ? 'нет лидера' : 'no leader',
      title: 'No leader for 42 s: nothing accepts writes',
      number: null,
      numberWords: ru ? 'запись невозможна' : 'not writable',
      members: [
        { glyph: 'unknown', tone: 'unknown', names: 'n1', text: ru ? 'нет ответа' : 'no answer' },
        {
          glyph: 'lag_over_limit',
          tone: 'warning',
          names: 'n2, n3',
          text: ru ? 'отставание 3,4 МиБ' : '3.4 MiB behind',
        },
      ],
      failoverPossible: false,
      failover: ru
        ? 'Автоматического failover не будет: n2 и n3: lag больше maximum_lag_on_failover, 1 МиБ'
        : 'No automatic failover: n2 and n3 behind maximum_lag_on_failover, 1 MiB',
    };
  return {
    ...own,
    label: ru ? 'расхождение' : 'forked',
    title: 'n5 has forked: ahead of the leader on timeline 4',
    number: ru ? '29,1 МиБ' : '29.1 MiB',
    numberWords: ru ? 'за точкой расхождения' : 'past the fork',
    members: [
      { glyph: 'leader', tone: 'plain', names: 'n1', text: ru ? 'принимает запись' : 'writable' },
      { glyph: 'sync_standby', tone: 'plain', names: 'n2', text: ru ? '584 Б' : '584 B' },
      { glyph: 'forked', tone: 'critical', names: 'n5', text: ru ? 'на таймлайне 4' : 'on timeline 4' },
      { glyph: 'replay_paused', tone: 'warning', names: 'n3', text: ru ? '20,5 МиБ' : '20.5 MiB' },
    ],
    failoverPossible: true,
    failover: ru ? 'Failover возможен, на n2' : 'Failover possible, to n2',
  };
}

function sse(frames: readonly WallFrame[]): string {
  return frames.map((frame) => `event: ${frame.kind}\ndata: ${JSON.stringify(frame)}\n\n`).join('');
}

/**
 * Answers the page's stream with what `frames` says at that moment, and ends it: the page comes back for the next within a second.
 * Returns how often it came.
 */
export async function speakTo(page: Page, frames: (visit: number) => readonly WallFrame[]): Promise<() => number> {
  let visits = 0;
  await page.route('**/api/wall/*/stream', async (route: Route) => {
    visits += 1;
    await route.fulfill({ contentType: 'text/event-stream', body: sse(frames(visits)) });
  });
  return () => visits;
}
