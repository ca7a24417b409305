import { describe, expect, it } from 'vitest';
import type { Incident } from '../../domain/incident/incident';
import { speakerOf } from '../../language/speakers';
import { incidentHtml } from './html';
import { escapeMarkdown, incidentMarkdown } from './markdown';
import { action, afternoon, event, incident, note, raised } from './test-incident';
import type { Voice } from './voice';

const RUSSIAN: Voice = { language: 'ru', speak: speakerOf('ru').speak };

const HOSTILE =
  "<script>alert(1)</script> \"onload='x' &lt; ](javascript:alert(1)) `code` **b** | a | # h\n- item\n<img src=x onerror=alert(1)>\u202eevil";

function hostile(): Incident {
  return incident({
    scope: `orders${HOSTILE}`,
    events: [
      event('01:00', 'member_joined', `n9${HOSTILE} joined the member list`, { member: HOSTILE }),
      raised('02:00', 'lag_high', 'critical', HOSTILE, HOSTILE),
    ],
    actions: [
      action('A/../"><b>', { kind: 'failover', candidate: HOSTILE }, '03:00', '03:05', {
        actor: HOSTILE,
        reason: HOSTILE,
        outcomeText: HOSTILE,
      }),
    ],
    notes: [note('N1', '05:00', HOSTILE, { actor: HOSTILE })],
    problem: HOSTILE,
  });
}

/** Words in their order, whatever the language they are written in. */
const wordsOf = (text: string): string[] =>
  (text.match(/[\p{L}\p{N}][\p{L}\p{N}.:+/'-]*/gu) ?? []).map((word) => word.replace(/[.:]+$/, ''));

function plainHtml(html: string): string {
  return html
    .replace(/<head>[\s\S]*?<\/head>/, '')
    .replace(/<section><h2>[^<]*<\/h2><svg class="chart[\s\S]*?<\/section>/g, '')
    .replace(/<svg[\s\S]*?<\/svg>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

function plainMarkdown(markdown: string): string {
  return markdown.replace(/\]\(<[^>]*>\)/g, ']').replace(/\\(.)/g, '$1');
}

describe('Markdown and HTML', () => {
  for (const [name, made] of [
    ['an afternoon', afternoon()],
    ['hostile text', hostile()],
  ] as const) {
    it(`say the same, word by word: ${name}`, () => {
      const html = wordsOf(plainHtml(incidentHtml(made, 'Europe/Berlin', 'https://howdah.example')));
      const markdown = wordsOf(plainMarkdown(incidentMarkdown(made, 'Europe/Berlin', 'https://howdah.example')));
      expect(html.length).toBeGreaterThan(100);
      expect(html).toEqual(markdown);
    });
  }

  it('link to the action and to the moment where the public address is known, and nowhere else', () => {
    const html = incidentHtml(afternoon(), 'UTC', 'https://howdah.example/');
    expect(html).toContain('href="https://howdah.example/clusters/orders/actions/A1"');
    expect(html).toMatch(/href="https:\/\/howdah\.example\/clusters\/orders\?at=\d+"/);
    expect(incidentHtml(afternoon(), 'UTC')).not.toContain('href=');
    expect(incidentHtml(afternoon(), 'UTC', 'javascript:alert(1)')).not.toContain('href=');
    expect(incidentMarkdown(afternoon(), 'UTC', 'https://howdah.example')).toContain(
      '](<https://howdah.example/clusters/orders/actions/A1>)',
    );
  });
});

describe('in Russian', () => {
  const BASE = 'https://howdah.example';

  it('both say the same, word by word', () => {
    const html = wordsOf(plainHtml(incidentHtml(afternoon(), 'Europe/Berlin', BASE, RUSSIAN)));
    expect(html).toEqual(wordsOf(plainMarkdown(incidentMarkdown(afternoon(), 'Europe/Berlin', BASE, RUSSIAN))));
    expect(html.length).toBeGreaterThan(100);
  });

  it('the headline, the facts and the story are Russian', () => {
    const text = plainMarkdown(incidentMarkdown(afternoon(), 'Europe/Berlin', null, RUSSIAN));
    expect(text).toContain('# Инцидент orders\n\n2026-11-20 15:00:00 +01:00 — 2026-11-20 16:00:00 +01:00, 1 ч, ');
    expect(text).toContain('n2 → n3 (автоматический failover, 15:10:31); в конце лидер n3.');
    expect(text).toContain('Дольше всего без записи: 32 с, с 15:10:00 до 15:10:32, по опросам; раз: 2, всего 33 с');
    expect(text).toContain('лидер n3 на таймлайне 6, раньше n2: автоматический failover (Howdah, /history)');
    expect(text).toContain('Закончилось через 5 мин: n2 отстаёт на 20,5 МиБ (lag_high)');
  });

  it('no English is left but what people and Patroni wrote', () => {
    const text = plainMarkdown(incidentMarkdown(afternoon(), 'Europe/Berlin', null, RUSSIAN));
    const left = text.split('\n').filter((line) => /\b[a-z]{2,}(?: [a-z]{2,}){2,}/.test(line));
    const theirs = /maintenance of the rack|Power of rack|recovery target|gives up the leader key|done as asked/;
    expect(left.filter((line) => !theirs.test(line))).toEqual([]);
    expect(text).toContain('заметка: Power of rack 4 was cut.');
    expect(text).toContain('Причина: maintenance of the rack');
  });

  it('a reason that reads like a sentence of Howdah stays as it was written', () => {
    const reason = 'paused: no automatic failover';
    const made = incident({ actions: [action('A1', { kind: 'resume' }, '03:00', '03:05', { reason })] });
    const text = plainMarkdown(incidentMarkdown(made, 'UTC', null, RUSSIAN));
    expect(text.match(new RegExp(`Причина: ${reason}`, 'g'))?.length).toBe(2);
  });

  it('HTML says its language to the reader, and draws in it', () => {
    const html = incidentHtml(afternoon(), 'UTC', null, RUSSIAN);
    expect(html).toContain('<html lang="ru">');
    expect(html).toMatch(/<text [^>]*>[\d.,]+ КиБ<\/text>/);
    expect(html).toMatch(/<text [^>]*>лидер n2, TL 5<\/text>/);
    expect(html).not.toMatch(/<text [^>]*>[^<]*\b(leads|KiB|no leader)\b/);
    expect(incidentHtml(afternoon(), 'UTC', null)).toContain('<html lang="en">');
  });

  it('hostile text stays text', () => {
    const html = incidentHtml(hostile(), 'UTC', BASE, RUSSIAN);
    expect(html).not.toMatch(/<script|<img|\son\w+\s*=\s*x/i);
    expect(html).not.toContain('\u202e');
  });
});

describe('HTML', () => {
  const KNOWN = new Set(
    'html head meta title style body main header h1 h2 p section ul li div dl dt dd span time svg path circle rect text b s i br code a footer'.split(
      ' ',
    ),
  );

  it('has no element, no attribute and no address that foreign text brought', () => {
    const html = incidentHtml(hostile(), 'UTC', 'https://howdah.example');
    const tags = [...html.matchAll(/<([a-z0-9!]+)([^>]*)>/gi)];
    expect(
      tags.map(([, name]) => name?.toLowerCase()).filter((name) => name !== '!doctype' && !KNOWN.has(name ?? '')),
    ).toEqual([]);
    expect(tags.filter(([, , attributes]) => /\son\w+\s*=/i.test(attributes ?? ''))).toEqual([]);
    expect(
      [...html.matchAll(/href="([^"]*)"/g)].filter(([, href]) => !href?.startsWith('https://howdah.example/')),
    ).toEqual([]);
    expect(html).not.toContain('\u202e');
  });

  it('loads nothing and runs nothing', () => {
    const html = incidentHtml(afternoon(), 'UTC', null);
    expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|src=/i);
    expect(html).toContain("default-src 'none'");
  });

  it('draws gaps as gaps: the path begins anew after each', () => {
    const html = incidentHtml(afternoon(), 'UTC', null);
    const [path = ''] = html.match(/class="line" d="[^"]*"/) ?? [];
    // n2 has three buckets without a value.
    expect(path.match(/M/g)?.length).toBe(4);
    expect(html).toContain('class="blind"');
  });

  it('holds dark, light and paper', () => {
    expect(incidentHtml(afternoon(), 'UTC', null)).toMatch(/prefers-color-scheme:light[\s\S]*@media print/);
  });
});

describe('Markdown', () => {
  it('leaves no markup of foreign text alive', () => {
    const markdown = incidentMarkdown(hostile(), 'UTC', null);
    expect(markdown).not.toMatch(/(?<!\\)<(script|img)/);
    expect(markdown).not.toMatch(/(?<!\\)\]\(javascript/);
    expect(markdown.split('\n').filter((line) => /^# /.test(line))).toHaveLength(1);
  });

  it('escapes what would begin a list, a heading or a number', () => {
    expect(escapeMarkdown('- a')).toBe('\\- a');
    expect(escapeMarkdown('12. a')).toBe('12\\. a');
    expect(escapeMarkdown('# a')).toBe('\\# a');
  });
});
