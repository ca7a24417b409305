'use client';
import { exactTime, formatBytes } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';
import type { ActionRecord, Moment } from '@/lib/domain/actions/action';
import { isObject } from '@/lib/domain/wire/loose';
import { Panel } from '../ui/panel';

interface Fact {
  readonly name: string;
  readonly before: string;
  readonly after: string | null;
  readonly mono?: boolean;
}

const yes = (value: boolean | null): string => (value === null ? t('unknown') : t(value ? 'yes' : 'no'));
const text = (value: string | number | null): string => (value === null ? t('unknown') : String(value));

function memberText(moment: Moment | null, name: string): string | null {
  if (moment === null) return null;
  const member = moment.members.find((one) => one.name === name);
  if (member === undefined) return t('not there');
  const lag = name === moment.leader ? t('leader') : t('lag {lag}', { lag: formatBytes(member.lagBytes) });
  const more = [
    member.streaming === false ? t('does not stream') : null,
    member.pendingRestart ? t('pending restart') : null,
    member.startedAt === null ? null : t('started {time}', { time: exactTime(member.startedAt) }),
  ].filter((part) => part !== null);
  return [member.state ?? t('unknown'), `TL ${text(member.timeline)}`, lag, ...more].join(', ');
}

/** Paths of a document with their values: `postgresql.parameters.work_mem`. */
function leaves(value: unknown, path = ''): [string, string][] {
  if (!isObject(value)) return [[path, JSON.stringify(value) ?? 'null']];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`));
}

function configFacts(before: Moment, after: Moment | null): Fact[] {
  if (before.config === null || after === null || after.config === null) return [];
  const [was, is] = [new Map(leaves(before.config)), new Map(leaves(after.config))];
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((path) => was.get(path) !== is.get(path))
    .map((path) => ({
      name: path,
      before: was.get(path) ?? t('not set'),
      after: is.get(path) ?? t('not set'),
      mono: true,
    }));
}

const leaderOf = ({ leader }: Moment): string => leader ?? t('nobody');

function factsOf({ before, after }: ActionRecord): readonly Fact[] {
  const names = [...new Set([...before.members, ...(after?.members ?? [])].map((member) => member.name))];
  return [
    { name: t('leader'), before: leaderOf(before), after: after === null ? null : leaderOf(after) },
    { name: t('timeline'), before: text(before.timeline), after: after === null ? null : text(after.timeline) },
    { name: t('paused'), before: yes(before.paused), after: after === null ? null : yes(after.paused) },
    {
      name: t('/config revision'),
      before: text(before.configRevision),
      after: after === null ? null : text(after.configRevision),
    },
    ...names.map((name) => ({
      name,
      before: memberText(before, name) ?? t('unknown'),
      after: memberText(after, name),
    })),
    ...configFacts(before, after),
  ];
}

/** The two moments the audit keeps; what changed stands out. */
export function MomentsPanel({ action }: { action: ActionRecord }) {
  const { before, after } = action;
  return (
    <Panel title={t('Before and after')}>
      <div className="relative overflow-x-auto">
        <table className="w-full text-12">
          <thead>
            <tr className="h-7 text-11 text-f2 [&>th]:px-3.5 [&>th]:text-left [&>th]:font-normal">
              <th scope="col">
                <span className="sr-only">{t('What')}</span>
              </th>
              <th scope="col" title={exactTime(before.at)}>
                {t('before')}
              </th>
              <th scope="col" title={after === null ? undefined : exactTime(after.at)}>
                {t('after')}
              </th>
            </tr>
          </thead>
          <tbody>
            {factsOf(action).map((fact) => {
              const changed = fact.after !== null && fact.after !== fact.before;
              return (
                <tr key={fact.name} className="border-l1 border-t [&>*]:px-3.5 [&>*]:py-1.5 [&>*]:align-top">
                  <th
                    scope="row"
                    className={`text-left font-normal text-f2 ${fact.mono ? 'break-all font-mono' : 'break-words'}`}
                  >
                    {fact.name}
                  </th>
                  <td className={`break-words ${fact.mono ? 'font-mono' : ''} text-f1`}>{fact.before}</td>
                  <td
                    className={`break-words ${fact.mono ? 'font-mono' : ''} ${changed ? 'font-semibold text-f0' : 'text-f2'}`}
                  >
                    {fact.after ?? t('not yet')}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
