// Faults on the lab, and what Howdah, patronictl, check_patroni and plain rules on Patroni's metrics say of each after 5 s and after 20 s. All are
// asked at the same moment; what counts as right was written before (truth-faults.ts).

import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Snapshot } from '../../lib/domain/cluster';
import { bringUp } from '../lab/bring-up';
import { GENERATIONS, prepareCheckPatroni, prepareTestPackages } from '../lab/environments';
import { healLab } from '../lab/heal';
import { SCOPE } from '../lab/layout';
import type { Arguments } from './arguments';
import type { Cleanup } from './cleanup';
import { startHowdah, waitForScopes } from './howdah';
import { type BenchResult, machine, round, say } from './numbers';
import {
  askCheckPatroni,
  askHowdah,
  askPatronictl,
  CONTESTANTS,
  type Contestant,
  RulesOnMetrics,
  type Said,
} from './truth-contestants';
import { archiveMark, isTruthFault, TRUTH_FAULTS, type TruthFault, type TruthFaultName } from './truth-faults';
import { judgeHowdah, type Verdict } from './truth-judge';
import { StreamViewer } from './viewer';

const AFTER_SECONDS = [5, 20] as const;
const HEALTHY_MS = 180_000;

interface Answer {
  readonly contestant: Contestant;
  readonly verdict: Verdict;
  readonly said: string;
}

interface Sight {
  readonly fault: TruthFaultName;
  readonly seconds: number;
  readonly answers: readonly Answer[];
}

const labelOf: Readonly<Record<Contestant, string>> = {
  howdah: 'Howdah',
  patronictl: 'patronictl',
  check_patroni: 'check_patroni',
  rules: 'rules',
};

export async function benchTruth(cleanup: Cleanup, args: Arguments): Promise<BenchResult> {
  const wanted = args.text('generation', 'patroni41');
  const generation = GENERATIONS.find((one) => one === wanted);
  if (generation === undefined) throw new Error(`--generation: one of ${GENERATIONS.join(', ')}`);
  const faults = faultsOf(args.text('faults', ''));
  await prepareTestPackages(say);
  const python = await prepareCheckPatroni(say);
  const lab = await bringUp({ name: 'bench-truth', generation, say });
  cleanup.add('the lab', () => lab.down({ purge: true }));
  const howdah = await startHowdah(cleanup, ['--config', lab.howdahYaml]);
  await waitForScopes(howdah, 1);
  // Somebody looks at the cluster: it is read once a second, as Prometheus reads it here.
  const viewer = args.has('unwatched') ? null : new StreamViewer(howdah.url, [SCOPE]);
  cleanup.add('the viewer', () => viewer?.close());
  const rules = await RulesOnMetrics.start(lab, cleanup);
  const ask: Readonly<Record<Exclude<Contestant, 'howdah'>, () => Promise<Said>>> = {
    patronictl: () => askPatronictl(lab),
    check_patroni: () => askCheckPatroni(lab, python),
    rules: () => rules.ask(),
  };

  const sights: Sight[] = [];
  for (const name of faults) {
    const fault: TruthFault = TRUTH_FAULTS[name];
    rmSync(archiveMark(lab), { force: true });
    if ((await lab.problems()).length > 0 || sights.length > 0) await healLab(lab);
    await untilQuiet(() => askHowdah(howdah));
    const hit = fault.hits === 'leader' ? await lab.mustLeader() : ((await lab.replicas()).at(-1) ?? '');
    await fault.prepare?.(lab, hit);
    say(`\n${name} (${hit}): ${fault.about}`);
    await fault.make(lab, hit);
    const madeAt = performance.now();
    for (const seconds of AFTER_SECONDS) {
      await sleep(Math.max(0, madeAt + seconds * 1000 - performance.now()));
      const answers = await Promise.all(
        CONTESTANTS.map(async (contestant): Promise<Answer> => {
          if (contestant === 'howdah') return { contestant, ...judgeHowdah(await askHowdah(howdah), fault, hit) };
          // One that cannot answer is silent, and says so.
          const said = await ask[contestant]().catch(
            (error: Error): Said => [`no answer: ${error.message.slice(0, 80)}`],
          );
          const { right, wrong } = {
            patronictl: fault.patronictl,
            check_patroni: fault.checkPatroni,
            rules: fault.rules,
          }[contestant](hit);
          const verdict = right(said) ? 'right' : wrong(said) ? 'wrong' : 'silent';
          return { contestant, verdict, said: told(contestant, said) };
        }),
      );
      sights.push({ fault: name, seconds, answers });
      for (const { contestant, verdict, said } of answers)
        say(`  ${String(seconds).padStart(2)} s ${labelOf[contestant].padEnd(14)} ${verdict.padEnd(7)} ${said}`);
    }
  }
  return report(sights, faults, generation, viewer !== null);
}

function faultsOf(list: string): readonly TruthFaultName[] {
  const names = list === '' ? Object.keys(TRUTH_FAULTS) : list.split(',');
  const unknown = names.find((name) => !isTruthFault(name));
  if (unknown !== undefined)
    throw new Error(`--faults: no fault "${unknown}"; there are ${Object.keys(TRUTH_FAULTS).join(', ')}`);
  return names.filter(isTruthFault);
}

/** Nothing of the fault before is left in what Howdah says; events of a switchover may still be told as notes. */
async function untilQuiet(read: () => Promise<Snapshot>): Promise<void> {
  const end = performance.now() + HEALTHY_MS;
  for (;;) {
    const { cause, health, findings } = await read();
    if (cause === null && (health === 'ok' || health === 'note')) return;
    if (performance.now() > end)
      throw new Error(`Howdah does not call the healed lab well: ${findings.map(({ title }) => title).join('; ')}`);
    await sleep(250);
  }
}

/** What it complains of; of patronictl all rows, which complain by what they are. */
function told(contestant: Contestant, said: Said): string {
  const lines = contestant === 'check_patroni' ? said.filter((line) => !/^\S+ \S+ OK/.test(line)) : said;
  return lines.map((line) => line.split(' | ')[0] ?? '').join('; ') || '-';
}

function report(
  sights: readonly Sight[],
  faults: readonly TruthFaultName[],
  generation: string,
  watched: boolean,
): BenchResult {
  const verdictOf = (fault: TruthFaultName, seconds: number, contestant: Contestant): Verdict | undefined =>
    sights
      .find((sight) => sight.fault === fault && sight.seconds === seconds)
      ?.answers.find((answer) => answer.contestant === contestant)?.verdict;
  say(`\nafter ${AFTER_SECONDS.join(' s and ')} s`);
  say(`| ${['fault'.padEnd(28), ...CONTESTANTS.map((one) => labelOf[one].padEnd(14))].join(' | ')} |`);
  say(`|${'-'.repeat(30)}|${CONTESTANTS.map(() => '-'.repeat(16)).join('|')}|`);
  for (const fault of faults) {
    const cells = CONTESTANTS.map((one) =>
      AFTER_SECONDS.map((seconds) => verdictOf(fault, seconds, one))
        .join(', ')
        .padEnd(14),
    );
    say(`| ${[fault.padEnd(28), ...cells].join(' | ')} |`);
  }
  const counts = Object.fromEntries(
    AFTER_SECONDS.map((seconds) => [
      `at${seconds}s`,
      Object.fromEntries(
        CONTESTANTS.map((one) => {
          const verdicts = faults.map((fault) => verdictOf(fault, seconds, one));
          const count = (wanted: Verdict): number => verdicts.filter((verdict) => verdict === wanted).length;
          const right = count('right');
          return [
            one,
            { right, silent: count('silent'), wrong: count('wrong'), ratio: round(right / faults.length, 2) },
          ];
        }),
      ) as Record<Contestant, Readonly<Record<Verdict | 'ratio', number>>>,
    ]),
  );
  for (const [at, row] of Object.entries(counts)) {
    const cells = CONTESTANTS.map(
      (one) => `${labelOf[one]} ${row[one].right} right, ${row[one].silent} silent, ${row[one].wrong} wrong`,
    );
    say(`${at}: ${cells.join('; ')}; of ${faults.length}`);
  }
  const pass = Object.values(counts).every((row) => row.howdah.right === faults.length);
  say(`aim: Howdah right about every fault at both moments: ${pass ? 'met' : 'NOT met'}`);
  return { bench: 'truth', pass, generation, watched, faults: faults.length, ...counts, ...machine() };
}
