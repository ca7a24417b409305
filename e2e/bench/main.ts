// `npm run bench -- NAME`: readable lines, then one line of JSON per bench. Everything it needs it starts and ends itself,
// on loopback.

import { Arguments } from './arguments';
import { benchClients } from './bench-clients';
import { benchCollector } from './bench-collector';
import { benchCrash } from './bench-crash';
import { benchFreshness } from './bench-freshness';
import { benchLoad } from './bench-load';
import { benchMemory } from './bench-memory';
import { benchPaint } from './bench-paint';
import { benchStore } from './bench-store';
import { benchStoreKill } from './bench-store-kill';
import { benchSwitchover } from './bench-switchover';
import { benchTruth } from './bench-truth';
import { benchWeight } from './bench-weight';
import { type Cleanup, withCleanup } from './cleanup';
import { type BenchResult, say, sayJson } from './numbers';

type Bench = (cleanup: Cleanup, args: Arguments) => Promise<BenchResult>;

const BENCHES: Readonly<Record<string, Bench>> = {
  load: benchLoad,
  collector: benchCollector,
  freshness: benchFreshness,
  switchover: benchSwitchover,
  clients: benchClients,
  truth: benchTruth,
  crash: benchCrash,
  store: benchStore,
  'store-kill': benchStoreKill,
  paint: benchPaint,
  weight: benchWeight,
  memory: benchMemory,
};

const USAGE = `usage: npm run bench -- NAME [flags]
  load       [--seconds 30]                              requests at the nodes with 1, 10 and 100 streams
  collector  [--scopes 300] [--members 3] [--seconds 30] [--rounds 2] [--beats] [--profile]
                                                         CPU, memory and pace beside a bare loop
  freshness  [--changes 40] [--lab]                      leader change to changed text in a browser
  switchover [--runs 10] [--loop-wait 10] [--generation distro]
                                                         Howdah, patronictl and POST in turn on a real cluster
  clients    [--runs 5] [--loop-wait 5] [--generation distro]
                                                         what clients see of a switchover by each way, beside patronictl
  truth      [--faults a,b] [--unwatched] [--generation patroni41]
                                                         what Howdah and three others say of each fault after 5 s and 20 s
  crash      [--rounds 50]                               kill -9 in the middle of actions, on a real cluster
  store      [--scopes 1000] [--seconds 60] [--hours 24]    what remembering costs, beside a plain table, on both stores
  store-kill [--rounds 500] [--copies 200]               kill -9 while the embedded store is written, and torn copies of it
  paint      [--rounds 5]                                first useful paint of fleet, wall and card, slowed down; long tasks and
                                                         layout shift of 1, 300 and 1,000 clusters
  weight     [--seconds 20] [--rounds 5]                 memory, first row and disk, beside patronictl and a bare Next
  memory     [--seconds 20] [--scopes N]                 memory with 1, 100, 1,000 clusters (or N) and 0, 100, 1,000 open pages
  all        each with its presets`;

const FLAGS = [
  'seconds',
  'scopes',
  'members',
  'rounds',
  'copies',
  'beats',
  'profile',
  'changes',
  'lab',
  'runs',
  'loop-wait',
  'generation',
  'hours',
  'faults',
  'unwatched',
  'help',
];

async function main(argv: readonly string[]): Promise<number> {
  const args = new Arguments(argv, FLAGS);
  const [name = ''] = args.words;
  const names = name === 'all' ? Object.keys(BENCHES) : [name];
  if (args.has('help') || args.words.length !== 1 || names.some((one) => BENCHES[one] === undefined)) {
    say(USAGE);
    return args.has('help') ? 0 : 2;
  }
  let failed = 0;
  for (const one of names) {
    const bench = BENCHES[one];
    if (bench === undefined) continue;
    if (names.length > 1) say(`\n== ${one}`);
    failed += await withCleanup(async (cleanup) => {
      const result = await bench(cleanup, args);
      await cleanup.run();
      sayJson(result);
      return result.pass ? 0 : 1;
    });
  }
  return failed === 0 ? 0 : 1;
}

process.exit(
  await main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }),
);
