// Writes down what every source of a lab really says, with Howdah's own collector, as test data of the core. The collector
// must have watched before the fault: much of what it knows during one (the last member list, the last good answer) is older.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { RawObservation } from '../../lib/domain/raw';
import { Collector } from '../../lib/server/collector/collector';
import { writeScenario } from '../../lib/server/collector/record';
import { loadConfig } from '../../lib/server/config/config';
import { sleep, waitUntil } from './deadline';
import type { Lab } from './lab';
import { CHECKOUT, SCOPE } from './layout';

export interface ScenarioRequest {
  readonly scenario: string;
  readonly title: string;
  readonly fault: string | null;
  readonly notes?: string;
  /** Between the two frames. */
  readonly gapSeconds?: number;
}

const PATRONICTL_MS = 6000;

const scenarioFolder = (scenario: string): string => path.join(CHECKOUT, 'lib/domain/testdata', scenario);

/** Watches a lab as an open page would, once a second. */
export class LabRecorder {
  private constructor(
    private readonly lab: Lab,
    private readonly collector: Collector,
  ) {}

  /** Returns once every real member has answered, or after ten seconds: a broken lab is recorded too. */
  static async start(lab: Lab): Promise<LabRecorder> {
    const config = loadConfig({
      argv: ['--config', lab.howdahYaml],
      env: {},
      cwd: CHECKOUT,
      readFile: (file) => readFileSync(file, 'utf8'),
    });
    if (!config.ok) throw new Error(`${lab.howdahYaml}: ${config.problems.map(({ message }) => message).join('; ')}`);
    const collector = new Collector({
      sources: config.config.sources,
      entries: config.config.entries,
      poll: config.config.poll,
      now: Date.now,
      onUpdate: () => undefined,
      onGone: () => undefined,
    });
    collector.setViewers(new Set([SCOPE]), true);
    collector.start();
    const recorder = new LabRecorder(lab, collector);
    await waitUntil('every member to answer the recorder', 10_000, () => {
      const members = collector.rawOf(SCOPE)?.members ?? [];
      return lab.members.every(({ name, standIn }) => {
        const member = members.find((raw) => raw.name === name);
        return member?.patroni.good != null && (standIn || member.sql?.good?.value.slow != null);
      });
    }).catch(() => undefined);
    return recorder;
  }

  frame(): RawObservation {
    const raw = this.collector.rawOf(SCOPE);
    if (raw === null) throw new Error(`nothing is known of ${SCOPE} yet`);
    return structuredClone(raw);
  }

  /** Two frames and patronictl's word of the same moment. */
  async record(request: ScenarioRequest): Promise<void> {
    const first = this.frame();
    const patronictl = await this.patronictl();
    await sleep((request.gapSeconds ?? 3) * 1000);
    const second = this.frame();
    const toolbox = await this.lab.toolbox();
    writeScenario(scenarioFolder(request.scenario), [first, second], {
      title: request.title,
      generation: this.lab.generation,
      versions: { patroni: toolbox.patroniVersion, postgres: toolbox.postgresVersion, etcd: toolbox.etcdVersion },
      recordedAt: new Date(first.now).toISOString(),
      fault: request.fault,
      patronictl,
      ...(request.notes === undefined ? {} : { notes: request.notes }),
    });
  }

  /** What `patronictl list -f json` printed; null where it did not answer in time, as during a stall of etcd. */
  private async patronictl(): Promise<unknown> {
    try {
      return JSON.parse((await this.lab.patronictl(['list', '-f', 'json'], PATRONICTL_MS)).stdout) as unknown;
    } catch {
      return null;
    }
  }

  async stop(): Promise<void> {
    await Promise.race([this.collector.stop(), sleep(5000)]);
  }
}

/** Records a lab as it is now, for the command line. */
export async function recordNow(lab: Lab, scenario: string): Promise<string> {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(scenario))
    throw new Error(`scenario "${scenario}": expected lower-case letters, digits and dashes`);
  const recorder = await LabRecorder.start(lab);
  try {
    await sleep(3000);
    const faults = lab.faults.map(({ name, member }) => (member === null ? name : `${name} at ${member}`)).join(', ');
    await recorder.record({
      scenario,
      title: faults === '' ? 'healthy' : faults,
      fault: faults === '' ? null : faults,
    });
  } finally {
    await recorder.stop();
  }
  return scenarioFolder(scenario);
}
