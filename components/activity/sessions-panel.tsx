'use client';
import { useState } from 'react';
import type { Inside, SessionRow } from '@/lib/client/activity/activity';
import { type SessionKind, sessionsOf } from '@/lib/client/activity/sessions';
import { formatCount } from '@/lib/client/words/format';
import { form, t } from '@/lib/client/words/text';
import type { ActivityAnswer } from '@/lib/contract/activity';
import { TextField } from '../ui/field';
import { Panel } from '../ui/panel';
import { Segmented } from '../ui/segmented';
import { spanWords } from './activity-words';
import { EndButtons, type Ending } from './end-buttons';
import { Statement } from './statement';

const SHOWN = 30;
const LONG_SECONDS = 300;
const KINDS = [
  { value: 'busy', word: form('Busy') },
  { value: 'idle_in_transaction', word: form('Idle in transaction') },
  { value: 'all', word: form('All') },
] as const satisfies readonly { readonly value: SessionKind; readonly word: string }[];

interface SessionsPanelProps {
  readonly inside: Inside;
  readonly texts: ActivityAnswer['texts'];
  readonly ending: Ending;
}

/** The longest transaction first. */
export function SessionsPanel({ inside, texts, ending }: SessionsPanelProps) {
  const [kind, setKind] = useState<SessionKind>('busy');
  const [text, setText] = useState('');
  const [more, setMore] = useState(false);
  const found = sessionsOf(inside, kind, text);
  const shown = more ? found : found.slice(0, SHOWN);
  return (
    <Panel
      title={t('Sessions')}
      count={t('{n} of {all}', { n: formatCount(found.length), all: formatCount(inside.sessions.length) })}
      aside={t('the longest transaction first')}
    >
      <div className="flex flex-wrap items-center gap-2 border-l1 border-b px-3.5 py-2">
        <Segmented
          label={t('Which sessions')}
          options={KINDS.map(({ value, word }) => ({ value, word: t(word) }))}
          value={kind}
          onChange={setKind}
        />
        <div className="min-w-48 grow md:max-w-80">
          <TextField
            label={<span className="sr-only">{t('Find a session')}</span>}
            type="search"
            value={text}
            onChange={setText}
            maxLength={100}
            placeholder={t('pid, user, application')}
          />
        </div>
        {texts !== 'denied' && (
          <span className="text-12 text-f2 md:ml-auto">
            {texts === 'masked' ? t('Values in statements are hidden.') : t('Statements are shown with their values.')}
          </span>
        )}
      </div>
      {found.length === 0 ? (
        <p className="px-3.5 py-2.5 text-f2">
          {text === '' ? t('No session has a transaction or a statement open.') : t('No session matches.')}
        </p>
      ) : (
        <ol>
          {shown.map((session) => (
            <Row key={`${session.pid}/${session.backendStart}`} session={session} texts={texts} ending={ending} />
          ))}
        </ol>
      )}
      {found.length > SHOWN && (
        <p className="border-l1 border-t px-3.5 py-2">
          <button
            type="button"
            onClick={() => setMore(!more)}
            className="rounded-chip text-f1 underline hover:text-f0 pointer-coarse:min-h-11"
          >
            {more ? t('Only the first {n}', { n: SHOWN }) : t('and {n} more', { n: found.length - SHOWN })}
          </button>
        </p>
      )}
    </Panel>
  );
}

function Row({ session, texts, ending }: Omit<SessionsPanelProps, 'inside'> & { readonly session: SessionRow }) {
  const { transactionSeconds, state, stateSeconds, wait, xminAge } = session;
  const idle = state?.startsWith('idle in transaction') === true;
  const long = transactionSeconds !== null && transactionSeconds > LONG_SECONDS;
  return (
    <li
      className={`grid grid-cols-[auto_minmax(0,1fr)_auto] gap-x-4 gap-y-0.5 border-l1 border-t px-3.5 py-1.5 text-12 first:border-t-0 lg:grid-cols-[64px_minmax(0,220fr)_minmax(0,200fr)_100px_110px_minmax(0,220fr)_186px] lg:items-center ${long ? 'bar-warning' : ''}`}
    >
      <span className="font-mono font-semibold text-f0">{session.pid}</span>
      <span className="min-w-0 break-words text-f1">
        {[session.user, session.application, session.client, session.database].filter(Boolean).join(', ') ||
          session.type}
      </span>
      <span className={`min-w-0 break-words max-lg:col-span-2 max-lg:col-start-2 ${idle ? 'text-warning' : 'text-f2'}`}>
        {state ?? session.type}
        {idle && stateSeconds !== null && ` ${spanWords(stateSeconds)}`}
        {wait !== null && !wait.startsWith('Client') && <span className="text-f2">, {wait}</span>}
      </span>
      <span
        className={`whitespace-nowrap text-right max-lg:col-start-3 max-lg:row-start-1 ${long ? 'font-semibold text-warning' : 'text-f0'}`}
      >
        {transactionSeconds === null ? (
          <span className="text-f3">{t('no transaction')}</span>
        ) : (
          spanWords(transactionSeconds)
        )}
      </span>
      <span className="text-right text-f2 max-lg:hidden">
        {xminAge === null ? '' : t('holds {n} xids', { n: formatCount(xminAge) })}
      </span>
      <Statement session={session} texts={texts} className="max-lg:col-span-2 max-lg:col-start-2" />
      <EndButtons session={session} ending={ending} className="max-lg:col-span-2 max-lg:col-start-2" />
    </li>
  );
}
