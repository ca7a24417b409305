// The charts of an incident as geometry: paths, ticks and marks in pixels, for a report without scripts and for the screen. Pure.
// A bucket without a value is a gap, never a line and never zero; spans in which nobody watched are drawn as such.

import type { Incident } from '../../domain/incident/incident';
import { successions } from '../../domain/incident/outages';
import { formatBytes, formatRate } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';
import { ENGLISH } from '../../language/speaker';
import type { Voice } from './voice';
import type { Clock } from './zone';

export interface PlotLine {
  readonly name: string;
  readonly path: string;
  readonly dash: string;
  /** Over the limit at some moment: the line in trouble. */
  readonly isLoud: boolean;
  readonly label: string;
  readonly labelY: number;
}

export interface PlotMark {
  readonly at: number;
  readonly x: number;
  /** Empty: no room for words. */
  readonly text: string;
  /** false: the words of another mark stand where its flag would be. */
  readonly isFlagged: boolean;
}

export interface Plot {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly yTicks: readonly { readonly y: number; readonly label: string }[];
  readonly xTicks: readonly { readonly x: number; readonly label: string }[];
  readonly lines: readonly PlotLine[];
  readonly marks: readonly PlotMark[];
  readonly blind: readonly { readonly x: number; readonly width: number }[];
}

interface Series {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

const HEIGHT = 186;
const LABELS_MAX = 8;
const LABEL_PITCH = 14;
const CHAR = 6.2;
const DASHES = ['', '4 3', '1.5 2.5', '7 3 1.5 3'] as const;
const MINUTE = 60_000;
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440].map((minutes) => minutes * MINUTE);

/** null: no member has a value in the window. */
export function lagPlot(incident: Incident, clock: Clock, width: number, voice: Voice = ENGLISH): Plot | null {
  const config = incident.after?.cluster.config ?? incident.before?.cluster.config ?? null;
  const series = Object.entries(incident.history.members)
    .map(([name, { replayBytes }]) => ({ name, values: replayBytes }))
    .filter(({ values }) => values.some((value) => value !== null))
    .sort((a, b) => a.name.localeCompare(b.name));
  return plot(incident, clock, width, series, config?.maximumLagOnFailoverBytes ?? 1_048_576, formatBytes, true, voice);
}

export function walPlot(incident: Incident, clock: Clock, width: number, voice: Voice = ENGLISH): Plot | null {
  const values = incident.history.walBytesPerSecond;
  const series = values.some((value) => value !== null) ? [{ name: 'WAL', values }] : [];
  return plot(incident, clock, width, series, 1024, formatRate, false, voice);
}

function plot(
  incident: Incident,
  clock: Clock,
  width: number,
  series: readonly Series[],
  limit: number,
  unit: (value: number) => Text,
  hasLoud: boolean,
  { speak }: Voice,
): Plot | null {
  if (series.length === 0) return null;
  const { from, to, history } = incident;
  const isNarrow = width < 600;
  const right = isNarrow ? 12 : 112;
  const [left, top, bottom] = [64, 26, 22];
  const inner = width - left - right;
  const x = (at: number): number => round(left + (inner * (at - from)) / Math.max(1, to - from));
  const worst = Math.max(limit, ...series.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const ticks = byteTicks(worst);
  const scale = ticks.at(-1) ?? 1;
  const y = (value: number): number => round(top + (HEIGHT - top - bottom) * (1 - Math.min(1, value / scale)));
  const ends = labelPlaces(series, (value) => y(value));
  return {
    width,
    height: HEIGHT,
    left,
    right: width - right,
    top,
    bottom: HEIGHT - bottom,
    yTicks: ticks.map((value) => ({ y: y(value), label: speak(unit(value)) })),
    xTicks: timeTicks(from, to, clock, isNarrow ? 3 : 8).map(({ at, label }) => ({ x: x(at), label })),
    lines: series.map(({ name, values }, index) => {
      const place = ends.get(name);
      return {
        name,
        path: pathOf(values, (at) => x(history.times[at] ?? from), y),
        dash: DASHES[index % DASHES.length] ?? '',
        isLoud: hasLoud && values.some((value) => value !== null && value > limit),
        label:
          isNarrow || place === undefined
            ? ''
            : `${shortName(name)} ${speak(place.value === null ? say`no value` : unit(place.value))}`,
        labelY: place?.y ?? 0,
      };
    }),
    marks: marksOf(incident, x, width, speak),
    blind: incident.blind.map((span) => ({
      x: x(Math.max(from, span.from)),
      width: Math.max(1, x(Math.min(to, span.to)) - x(Math.max(from, span.from))),
    })),
  };
}

const round = (value: number): number => Math.round(value * 10) / 10;
const shortName = (name: string): string => (name.length > 9 ? `…${name.slice(-8)}` : name);

/** A value between two gaps is a dot. */
function pathOf(
  values: readonly (number | null)[],
  x: (index: number) => number,
  y: (value: number) => number,
): string {
  let path = '';
  for (const [index, value] of values.entries()) {
    if (value === null) continue;
    const isAlone = (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null;
    const begins = (values[index - 1] ?? null) === null;
    if (isAlone) path += `M${round(x(index) - 1)} ${y(value)}h2`;
    else path += `${begins ? 'M' : 'L'}${x(index)} ${y(value)}`;
  }
  return path;
}

/** Labels at the right end: the newest value, pushed apart, those of the highest kept. */
function labelPlaces(
  series: readonly Series[],
  y: (value: number) => number,
): Map<string, { readonly y: number; readonly value: number | null }> {
  const wanted = series
    .map(({ name, values }) => ({ name, value: values.at(-1) ?? null }))
    .sort((a, b) => (b.value ?? -1) - (a.value ?? -1))
    .slice(0, LABELS_MAX)
    .map(({ name, value }) => ({ name, y: y(value ?? 0) + 4, value }));
  let floor = HEIGHT - 18;
  for (const label of wanted.reverse()) {
    label.y = Math.min(label.y, floor);
    floor = label.y - LABEL_PITCH;
  }
  return new Map(wanted.map(({ name, y: at, value }) => [name, { y: at, value }]));
}

/** Three or four of them, at round binary sizes, the last at or above `top`. */
function byteTicks(top: number): readonly number[] {
  for (let power = 0; power < 6; power += 1) {
    for (const step of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]) {
      const size = step * 1024 ** power;
      if (top <= size * 4)
        return Array.from({ length: Math.max(2, Math.ceil(top / size)) + 1 }, (_, index) => index * size);
    }
  }
  return [0, top];
}

export function timeTicks(
  from: number,
  to: number,
  clock: Clock,
  most: number,
): readonly { readonly at: number; readonly label: string }[] {
  const step = STEPS.find((size) => (to - from) / size <= most) ?? 1440 * MINUTE;
  const shift = offsetMs(clock.offset(from));
  const ticks: { at: number; label: string }[] = [];
  for (let at = Math.ceil((from + shift) / step) * step - shift; at <= to; at += step)
    ticks.push({ at, label: step >= 1440 * MINUTE ? clock.day(at).slice(5) : clock.minute(at) });
  return ticks;
}

/** So that ticks stand at round times of the reader's zone. */
function offsetMs(offset: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})/.exec(offset) ?? [];
  const value = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * MINUTE;
  return sign === '-' ? -value : value;
}

const MARKED: Readonly<Record<string, (member: string | null) => Text>> = {
  leader_lost: () => say`no leader`,
  paused: () => say`paused`,
  resumed: () => say`resumed`,
  config_changed: () => 'config',
  replay_paused: (member) => (member === null ? say`replay paused` : say`replay paused on ${member}`),
  replay_resumed: (member) => (member === null ? say`replay resumed` : say`replay resumed on ${member}`),
};

/** Changes of leader get their words first, then pauses and configuration, where there is room left. */
function marksOf(incident: Incident, x: (at: number) => number, width: number, speak: Voice['speak']): PlotMark[] {
  const changes = successions(incident);
  const leaders = changes.map(({ startedAt, leader, timeline }) => ({
    at: startedAt,
    text: timeline > 0 ? say`${leader ?? say`unknown`} leads, TL ${timeline}` : say`${leader ?? say`unknown`} leads`,
  }));
  const others = incident.events.flatMap(({ kind, at, member }) => {
    const word = MARKED[kind];
    if (word === undefined) return [];
    // The key free for a moment is part of handing it over.
    if (kind === 'leader_lost' && changes.some(({ startedAt }) => Math.abs(startedAt - at) < 10_000)) return [];
    return [{ at, text: word(member) }];
  });
  const placed: { readonly from: number; readonly to: number }[] = [];
  const marks = [...leaders, ...others]
    .filter(({ at }) => at >= incident.from && at <= incident.to)
    .map(({ at, text: english }) => {
      const text = speak(english);
      const from = x(at);
      const to = from + text.length * CHAR + 16;
      const isShown = to < width && placed.every((other) => to < other.from - 4 || from > other.to);
      if (isShown) placed.push({ from, to });
      return { at, x: from, text: isShown ? text : '' };
    });
  return marks
    .map((mark) => ({
      ...mark,
      isFlagged: mark.text !== '' || placed.every(({ from, to }) => mark.x < from - 4 || mark.x > to),
    }))
    .sort((a, b) => a.at - b.at);
}
