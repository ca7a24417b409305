'use client';
import { useState } from 'react';
import { useMay } from '@/lib/client/access/me';
import { byUrgency } from '@/lib/client/alerts/alert-words';
import { useAlerts } from '@/lib/client/alerts/alerts';
import { useNow } from '@/lib/client/live/clock';
import { formatCount } from '@/lib/client/words/format';
import { t, tn, wire } from '@/lib/client/words/text';
import type { Alert, AlertsAnswer } from '@/lib/contract/alerts';
import { saidBy } from '@/lib/language/spoken-error';
import { InstallHint } from '../phone/install-hint';
import { TitleScreen } from '../shell/title-screen';
import { Button } from '../ui/button';
import { SeverityIcon } from '../ui/glyph';
import { Panel } from '../ui/panel';
import { AlertRow, ResolvedRow } from './alert-row';
import { PushPanel } from './push-panel';
import { ReceiversPanel } from './receivers-panel';
import { RulesPanel } from './rules-panel';
import { SilenceDialog, type SilenceSubject } from './silence-dialog';
import { SilencesPanel } from './silences-panel';

export function AlertsScreen() {
  return (
    <TitleScreen title={t('Alerts')}>
      <Alerts />
    </TitleScreen>
  );
}

function Alerts() {
  const alerts = useAlerts();
  const mayNot = useMay('acknowledge', null);
  const [subject, setSubject] = useState<SilenceSubject | null>(null);
  const { data } = alerts;
  return (
    <>
      {alerts.isError && (
        <p
          role="status"
          className="bar-unknown mb-3 flex flex-wrap items-center gap-2 rounded-panel border border-l1 bg-unknown-tint px-3.5 py-2"
        >
          <SeverityIcon health="unknown" />
          <span className="min-w-0 grow basis-60 break-words">
            <span className="text-f0">
              {t(
                data === undefined
                  ? 'The alerts could not be read.'
                  : 'Could not be refreshed; what is shown is older.',
              )}{' '}
            </span>
            {wire(saidBy(alerts.error))}
          </span>
          <Button onClick={() => void alerts.refetch()}>{t('Read again')}</Button>
        </p>
      )}
      {data !== undefined && <SenderLine answer={data} />}
      {mayNot !== null && <p className="mb-3 break-words text-12 text-f2">{mayNot}</p>}
      <div className="grid grid-cols-1 items-start gap-3 xl:grid-cols-[minmax(0,5fr)_minmax(0,3fr)]">
        <div className="grid min-w-0 gap-3 max-xl:contents">
          {data === undefined ? (
            !alerts.isError && (
              <Panel title={t('Open')} aside={t('reading')} bodyClassName="h-40">
                {null}
              </Panel>
            )
          ) : (
            <>
              <Open answer={data} onSilence={setSubject} />
              <Resolved answer={data} />
              <RulesPanel rules={data.rules} onSilence={setSubject} />
            </>
          )}
        </div>
        <div className="grid min-w-0 gap-3 max-xl:contents">
          {data !== undefined && (
            <>
              <SilencesPanel silences={data.silences} onNew={() => setSubject(NEW)} />
              <ReceiversPanel receivers={data.receivers} />
            </>
          )}
          <PushPanel />
          <InstallHint />
        </div>
      </div>
      {subject !== null && <SilenceDialog subject={subject} onClose={() => setSubject(null)} />}
    </>
  );
}

const NEW: SilenceSubject = { scope: '', rule: '', member: '' };

/** Who sends. That nobody does must be the first thing that is read. */
function SenderLine({ answer: { sender, problem, receivers } }: { answer: AlertsAnswer }) {
  // Nobody asked to be told: that is a choice, and no fault.
  if (sender === 'nobody' && receivers.length === 0 && problem !== null && String(problem).startsWith('no receiver')) {
    return (
      <p className="mb-3 flex gap-2 rounded-panel border border-l1 bg-bg1 px-3.5 py-2 text-f2">
        <SeverityIcon health="note" className="mt-0.5" />
        <span>{t('Nobody is told: no receiver is configured. Alerts are shown here and nowhere else.')}</span>
      </p>
    );
  }
  if (sender === 'nobody' || problem !== null) {
    return (
      <p
        role="alert"
        className="bar-critical mb-3 flex gap-2 rounded-panel border border-l1 bg-critical-tint px-3.5 py-2"
      >
        <SeverityIcon health="critical" className="mt-0.5" />
        <span className="min-w-0 break-words">
          <span className="font-semibold text-f0">
            {t(sender === 'nobody' ? 'No Howdah is sending:' : 'Alerting does not fully work:')}{' '}
          </span>
          {problem === null ? t('nobody is told') : wire(problem)}
        </span>
      </p>
    );
  }
  return (
    <p className="mb-3 text-12 text-f2">
      {sender === 'here'
        ? t('This Howdah evaluates the rules and sends the alerts.')
        : t('Another Howdah on the same store evaluates the rules and sends the alerts; this one shows what it does.')}
      {receivers.length === 0 && (
        <span className="text-warning"> {t('No receiver is configured: alerts are shown here and nowhere else.')}</span>
      )}
    </p>
  );
}

function Open({ answer, onSilence }: { answer: AlertsAnswer; onSilence: (subject: SilenceSubject) => void }) {
  const open = answer.alerts.filter(({ state }) => state !== 'resolved').sort(byUrgency);
  const firing = open.filter(({ state }) => state === 'firing').length;
  const [all, setAll] = useState(false);
  const shown = all ? open : open.slice(0, OPEN_SHOWN);
  return (
    <Panel
      title={t('Open')}
      count={
        open.length === 0
          ? undefined
          : t('{firing} firing, {pending} pending', { firing, pending: open.length - firing })
      }
      aside={t('worst first')}
    >
      {open.length === 0 ? (
        <p className="px-3.5 py-3 text-f2">{t('No alert is open.')}</p>
      ) : (
        <ul>
          {shown.map((alert) => (
            <AlertRow key={alert.id} alert={alert} answer={answer} onSilence={onSilence} />
          ))}
        </ul>
      )}
      {open.length > shown.length && (
        <p className="border-l1 border-t px-3.5 py-2.5">
          <Button onClick={() => setAll(true)}>
            {tn(open.length, 'Show all {n} open alert', 'Show all {n} open alerts', { n: formatCount(open.length) })}
          </Button>
        </p>
      )}
    </Panel>
  );
}

const OPEN_SHOWN = 50;
const RESOLVED_SHOWN = 20;

function Resolved({ answer }: { answer: AlertsAnswer }) {
  const [all, setAll] = useState(false);
  const now = useNow(10_000);
  const resolved = answer.alerts
    .filter(({ state }) => state === 'resolved')
    .sort((a: Alert, b: Alert) => (b.resolvedAt ?? 0) - (a.resolvedAt ?? 0));
  const shown = all ? resolved : resolved.slice(0, RESOLVED_SHOWN);
  return (
    <Panel
      title={t('Resolved')}
      count={tn(resolved.length, '{n} alert', '{n} alerts', { n: formatCount(resolved.length) })}
      aside={t('of the last 24 h, newest first')}
    >
      {resolved.length === 0 ? (
        <p className="px-3.5 py-3 text-f2">{t('None in the last 24 h.')}</p>
      ) : (
        <ul>
          {shown.map((alert) => (
            <ResolvedRow key={alert.id} alert={alert} now={now} />
          ))}
        </ul>
      )}
      {resolved.length > shown.length && (
        <p className="border-l1 border-t px-3.5 py-2.5">
          <Button onClick={() => setAll(true)}>
            {tn(resolved.length, 'Show all {n} alert', 'Show all {n} alerts', { n: formatCount(resolved.length) })}
          </Button>
        </p>
      )}
    </Panel>
  );
}
