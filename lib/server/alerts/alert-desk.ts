// What people do about alerts, and what they are shown: the answers of the API. Everything a person decides is in the store before
// it is answered, so that every process sees it and no restart undoes it.

import { createHash, randomUUID } from 'node:crypto';
import type {
  AcknowledgeOrder,
  AlertsAnswer,
  PushAnswer,
  PushDevice,
  PushOrder,
  ReceiverState,
  ReceiverTest,
  SilenceDraft,
} from '../../contract/alerts';
import type { Alert, Silence } from '../../domain/alerts/alert';
import { isOfTwins } from '../../domain/alerts/care-report';
import { sourceOfScope } from '../../domain/alerts/dcs-scope';
import { bySeverity } from '../../domain/severity';
import { plural } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';
import { speakerOf } from '../../language/speakers';
import { saidBy } from '../../language/spoken-error';
import { composeMessage, type Message } from '../../telling/alerts/message';
import type { HowdahConfig } from '../config/config';
import { log } from '../log';
import { Refusal } from '../route';
import { StoreAway } from '../store/driver';
import type { Device } from './alert-store';
import type { Alerts } from './alerts';
import { isPushService } from './receivers/webpush';

const DEVICES_MAX = 50;
const SILENCE_MAX_MS = 366 * 86_400_000;

/** Who does it: the request's gate, which throws where they may not. */
export interface DeskCaller {
  readonly name: string;
  /** null: no account. */
  readonly userId: string | null;
  readonly seesAll: boolean;
  /** On some cluster. */
  readonly hasRole: boolean;
  sees(scope: string): boolean;
  /** Only a role of all clusters is enough. */
  requireEverywhere(permission: 'acknowledge' | 'silence'): void;
  require(permission: 'acknowledge' | 'silence', scope: string | null): void;
}

export class AlertDesk {
  readonly #alerts: Alerts;
  readonly #config: Pick<HowdahConfig, 'alerts' | 'receivers' | 'publicUrl'>;
  readonly #now: () => number;
  readonly #clustersOf: (source: string) => readonly string[];

  /** `clustersOf`: that keep their keys in the DCS of a source. */
  constructor(
    alerts: Alerts,
    config: HowdahConfig,
    now: () => number,
    clustersOf: (source: string) => readonly string[],
  ) {
    this.#alerts = alerts;
    this.#config = config;
    this.#now = now;
    this.#clustersOf = clustersOf;
  }

  /** A DCS is seen by who sees a cluster there; what names other sources, and what is about Howdah itself, by who sees all. */
  #sees(alert: Pick<Alert, 'scope' | 'key'>, { sees, seesAll }: Pick<DeskCaller, 'sees' | 'seesAll'>): boolean {
    const source = sourceOfScope(alert.scope);
    if (seesAll || alert.scope === '' || isOfTwins(alert)) return seesAll;
    return source === null ? sees(alert.scope) : this.#clustersOf(source).some(sees);
  }

  /** Of what the caller sees; what is about Howdah itself is for who sees all clusters. */
  async answer(caller: Pick<DeskCaller, 'sees' | 'seesAll' | 'hasRole'>): Promise<AlertsAnswer> {
    const { sees, seesAll, hasRole } = caller;
    const now = this.#now();
    const own = this.#alerts.own();
    let problem: Text | null = null;
    const stored = async (): Promise<readonly Alert[]> => {
      const { alerts } = await this.#alerts.rows.load(now);
      // What it knows itself counts until the store says who tells.
      const dispatcher = this.#alerts.dispatcher();
      await (this.#alerts.role === 'elsewhere' ? dispatcher.read() : dispatcher.load());
      return alerts.map(({ alert }) => alert);
    };
    const alerts =
      own ??
      (await stored().catch((error: unknown) => {
        problem = say`alerts cannot be read: ${saidBy(error)}`;
        return [];
      }));
    const silences = own === null ? await this.#alerts.rows.silences(now).catch(() => []) : this.#alerts.silences();
    const { sender, problem: known } = this.#alerts.sender();
    return {
      alerts: alerts.filter((alert) => this.#sees(alert, caller)).sort(byUrgency),
      silences: silences
        .filter(({ scope }) => (scope === null || scope.includes('*') || !isOfCluster(scope) ? hasRole : sees(scope)))
        .sort((a, b) => rankSilence(a, now) - rankSilence(b, now) || a.endsAt - b.endsAt),
      rules: hasRole ? this.#config.alerts.rules : [],
      receivers: !hasRole
        ? []
        : (await this.#alerts.dispatcher().states()).map((one) => (seesAll ? one : withoutPlace(one))),
      sender,
      problem: hasRole ? (known ?? problem) : null,
    };
  }

  async acknowledge(id: string, order: AcknowledgeOrder, caller: DeskCaller): Promise<Alert> {
    const at = this.#now();
    const by = caller.name;
    const body = order.undo ? null : { by, at, reason: order.reason };
    const before = (
      this.#alerts.own() ?? (await this.#answerOf(() => this.#alerts.rows.load(at))).alerts.map(({ alert }) => alert)
    ).find((alert) => alert.id === id);
    if (before === undefined || !this.#sees(before, caller))
      throw new Refusal('not_found', say`there is no such alert`);
    if (!isOfCluster(before.scope)) caller.requireEverywhere('acknowledge');
    else caller.require('acknowledge', before.scope);
    if (before.state === 'pending') throw new Refusal('refused', say`it is pending: nobody has been told of it yet`);
    if (before.state === 'resolved') throw new Refusal('refused', say`it is already resolved`);
    const done = await this.#answerOf(() => this.#alerts.rows.acknowledge(id, at, body));
    if (!done) throw new Refusal('not_ready', say`the alert is not in the store yet; try again in a moment`);
    log.info(
      { actor: by, alert: id, scope: before.scope, reason: order.reason, undo: order.undo },
      'alert acknowledged',
    );
    return this.#alerts.setAcknowledged(id, body) ?? { ...before, acknowledged: body };
  }

  async silence(draft: SilenceDraft, caller: DeskCaller): Promise<Silence> {
    refuseWide(draft.scope, caller);
    const now = this.#now();
    const startsAt = Math.max(draft.startsAt ?? now, now);
    if (draft.endsAt <= startsAt)
      throw new Refusal('bad_request', say`expected an end that is later than the start and than now`);
    if (draft.endsAt - startsAt > SILENCE_MAX_MS) throw new Refusal('bad_request', say`expected an end within a year`);
    const { scope, rule, member, labels, endsAt, reason } = draft;
    const by = caller.name;
    const own = { id: randomUUID(), createdAt: now, by, endedAt: null, endedBy: null };
    const silence: Silence = { ...own, scope, rule, member, labels, startsAt, endsAt, reason };
    await this.#answerOf(() => this.#alerts.rows.saveSilence(silence));
    this.#alerts.putSilence(silence);
    log.info({ actor: by, silence: silence.id, scope, rule, member, labels, endsAt, reason }, 'silence begun');
    return silence;
  }

  async endSilence(id: string, caller: DeskCaller): Promise<Silence> {
    const now = this.#now();
    const by = caller.name;
    const known = await this.#answerOf(() => this.#alerts.rows.silences(now));
    const before = known.find((silence) => silence.id === id);
    if (before === undefined) throw new Refusal('not_found', say`there is no such silence`);
    refuseWide(before.scope, caller);
    if (before.endedAt !== null || before.endsAt <= now) throw new Refusal('refused', say`it has already ended`);
    const ended: Silence = { ...before, endedAt: now, endedBy: by };
    await this.#answerOf(() => this.#alerts.rows.saveSilence(ended));
    this.#alerts.putSilence(ended);
    log.info({ actor: by, silence: id }, 'silence ended');
    return ended;
  }

  /** At once and past the outbox: it says what is, not what will be. */
  async test(name: string, caller: DeskCaller): Promise<ReceiverTest> {
    const receiver = this.#alerts.opened.receivers.find((entry) => entry.name === name);
    if (receiver === undefined) throw new Refusal('not_found', say`there is no such receiver`);
    const addresses = receiver.addresses();
    if (addresses.length === 0) throw new Refusal('refused', say`no phone has subscribed to it yet`);
    const at = this.#now();
    const id = `test-${randomUUID()}`;
    const messageTo = (address: string): Message => {
      const speak = speakerOf(receiver.language(address)).speak;
      const title = speak(say`Test: Howdah reaches ${name}`);
      const body = speak(say`${caller.name} sent this to see whether it arrives. Nothing is wrong.`);
      const telling = {
        receiver: name,
        id,
        group: id,
        scope: '',
        reason: 'test',
        at,
        openedAt: at,
        alerts: [],
      } as const;
      return { ...composeMessage(telling, this.#config.publicUrl, speak), title, text: `${title}\n\n${body}\n` };
    };
    const began = performance.now();
    const answers = await Promise.all(
      addresses.map(async (address) => {
        const sent = await receiver.send(messageTo(address), address, 1);
        this.#alerts.dispatcher().tried(name, address, sent);
        return sent;
      }),
    );
    const tookMs = Math.round(performance.now() - began);
    const failed = answers.filter((answer) => !answer.ok);
    const ok = failed.length === 0;
    const all = receiver.kind === 'webpush' ? plural(addresses.length, 'phone') : plural(addresses.length, 'recipient');
    const answer = (failed[0] ?? answers[0])?.text ?? '';
    const text = ok || addresses.length <= 1 ? answer : say`${answer} (${say`${failed.length} of ${all} failed`})`;
    log.info({ actor: caller.name, receiver: name, ok, tookMs }, 'receiver tested');
    return { ok, text, tookMs };
  }

  /** One's own devices; all of them for who sees all clusters. */
  push({ userId, seesAll, hasRole }: Pick<DeskCaller, 'userId' | 'seesAll' | 'hasRole'>): PushAnswer {
    return {
      publicKey: hasRole ? (this.#alerts.opened.vapid?.publicKey ?? null) : null,
      devices: this.#alerts
        .devices()
        .filter(({ owner }) => seesAll || (owner != null && owner === userId))
        .map(deviceOf),
    };
  }

  async subscribe({ name, language, subscription }: PushOrder, caller: DeskCaller): Promise<PushAnswer> {
    // A phone is told what its receiver is told: of all clusters.
    if (!caller.seesAll)
      throw new Refusal('forbidden', say`phones are told of all clusters: a role of all clusters is needed`);
    const settings = this.#config.receivers.find((receiver) => receiver.kind === 'webpush');
    if (settings?.kind !== 'webpush' || this.#alerts.opened.vapid === null) {
      throw new Refusal('refused', say`no web push receiver is configured`);
    }
    if (!isPushService(subscription.endpoint, settings.services)) {
      throw new Refusal(
        'bad_request',
        say`expected the https address of a known push service; others are named by \`services\``,
      );
    }
    const id = createHash('sha256').update(subscription.endpoint).digest('hex').slice(0, 24);
    const devices = this.#alerts.devices();
    if (devices.length >= DEVICES_MAX && !devices.some((device) => device.id === id)) {
      throw new Refusal('refused', say`${DEVICES_MAX} phones have subscribed; remove one first`);
    }
    const device: Device = {
      ...{ id, name, addedAt: this.#now(), lastOkAt: null, lastError: null, subscription },
      ...(language === undefined ? {} : { language }),
      owner: caller.userId,
    };
    await this.#answerOf(() => this.#alerts.rows.saveDevice(device));
    this.#alerts.putDevice(device);
    log.info({ actor: caller.name, device: id, deviceName: name }, 'phone subscribed');
    return this.push(caller);
  }

  async unsubscribe(id: string, caller: DeskCaller): Promise<PushAnswer> {
    const device = this.#alerts.devices().find((one) => one.id === id);
    const own = device?.owner != null && device.owner === caller.userId;
    if (device !== undefined && !own) caller.requireEverywhere('silence');
    const removed = await this.#answerOf(() => this.#alerts.removeDevice(id));
    if (!removed) throw new Refusal('not_found', say`there is no such phone`);
    log.info({ actor: caller.name, device: id }, 'phone removed');
    return this.push(caller);
  }

  /** The phones of somebody who is gone are told nothing any more. */
  async forget(userId: string): Promise<void> {
    for (const { id, owner } of this.#alerts.devices())
      if (owner === userId)
        await this.#alerts.removeDevice(id).catch((error: unknown) => log.warn({ err: error }, 'a phone stays'));
  }

  async #answerOf<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      if (error instanceof StoreAway) throw new Refusal('not_ready', saidBy(error));
      throw error;
    }
  }
}

/** For who has no role of all clusters: that it is told, not where to. */
function withoutPlace(receiver: ReceiverState): ReceiverState {
  return { ...receiver, target: say`shown to a role of all clusters`, lastError: null };
}

const isOfCluster = (scope: string): boolean => scope !== '' && sourceOfScope(scope) === null;

/** One cluster by its name: a right there is enough. More than that, or by labels: a right of all clusters. */
function refuseWide(scope: string | null, caller: DeskCaller): void {
  const one = scope !== null && isOfCluster(scope) && !scope.includes('*');
  if (one) caller.require('silence', scope);
  else caller.requireEverywhere('silence');
}

function deviceOf({ id, name, addedAt, lastOkAt, lastError }: Device): PushDevice {
  return { id, name, addedAt, lastOkAt, lastError };
}

/** Firing, pending, resolved; worst first; then what lasts longest, or ended last. */
function byUrgency(a: Alert, b: Alert): number {
  const order = { firing: 0, pending: 1, resolved: 2 } as const;
  if (a.state !== b.state) return order[a.state] - order[b.state];
  if (a.state === 'resolved') return (b.resolvedAt ?? 0) - (a.resolvedAt ?? 0);
  return bySeverity(a.severity, b.severity) || a.since - b.since;
}

function rankSilence(silence: Silence, now: number): number {
  return silence.endedAt === null && now < silence.endsAt ? 0 : 1;
}
