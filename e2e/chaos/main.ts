// `npm run chaos -- [minutes] [--seed N]`: a real cluster and a Howdah before fifty viewers, broken in turn by a script that a seed repeats,
// and a checker apart that says what of all that was told and done was false. Ends with 1 where anything was.

import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Arguments } from '../bench/arguments';
import { type Cleanup, withCleanup } from '../bench/cleanup';
import { machine, say, sayJson } from '../bench/numbers';
import { bringUp } from '../lab/bring-up';
import { endLabs } from '../lab/end';
import { GENERATIONS, prepareFaketime } from '../lab/environments';
import { planLayout } from '../lab/layout';
import { beginRun } from '../lab/owner';
import { prepareRun } from '../lab/prepare';
import { undoHostPowers } from './host-powers';
import { type ChaosReport, chaos } from './run';

const CHAOS_LABS = 'chaos-';
const MINUTES = 10;
const SHOWN = 40;
const SEED_MAX = 2 ** 32;

const USAGE = `usage: npm run chaos -- [minutes] [flags]
  minutes       how long rounds are begun (${MINUTES})
  --seed N      the same script again; without it a new one
  --rounds N    no more of it than this
  --viewers N   streams that stay open (50)
  --generation  ${GENERATIONS.join(', ')}`;

async function main(argv: readonly string[]): Promise<number> {
  const args = new Arguments(argv, ['seed', 'rounds', 'viewers', 'generation', 'help']);
  const [word = String(MINUTES)] = args.words;
  const generation = GENERATIONS.find((one) => one === args.text('generation', GENERATIONS[0] ?? ''));
  const minutes = Number(word);
  if (args.has('help') || args.words.length > 1 || !(minutes > 0) || generation === undefined) {
    say(USAGE);
    return args.has('help') ? 0 : 2;
  }
  const seed = args.number('seed', Math.floor(Math.random() * SEED_MAX));
  if (!Number.isInteger(seed) || seed >= SEED_MAX) throw new Error(`--seed: a whole number below ${SEED_MAX}`);
  beginRun();
  return withCleanup(async (cleanup) => {
    const name = `${CHAOS_LABS}${generation}`;
    await keep(cleanup, name);
    await prepareRun(say);
    await prepareFaketime(say).catch((error: unknown) => say(`no clock jumps: ${String(error)}`));
    const lab = await bringUp({ generation, name, say });
    say(`seed ${seed}`);
    const report = await chaos(lab, {
      ...{ seed, minutes, say, viewers: args.number('viewers', 50) },
      ...(args.has('rounds') ? { rounds: args.number('rounds', 1) } : {}),
    });
    await cleanup.run();
    return tell(report);
  });
}

/** Ends what is left of this and of a run before it, now and when it is over; a process beside it does where it dies in between. */
async function keep(cleanup: Cleanup, name: string): Promise<void> {
  const layout = planLayout(name, 'demo');
  undoHostPowers(layout);
  await endLabs(CHAOS_LABS, say);
  const keeper = spawn(
    process.execPath,
    ['--import', createRequire(import.meta.url).resolve('tsx'), path.join(import.meta.dirname, 'keeper.ts'), name],
    { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env: { ...process.env, HOWDAH_LAB_RUN: '' } },
  );
  cleanup.add('the lab', async () => {
    undoHostPowers(layout);
    await endLabs(CHAOS_LABS, say);
    keeper.stdin?.end('over\n');
  });
}

function tell(report: ChaosReport): number {
  const { falsehoods, evidence, ...figures } = report;
  const count = Object.values(report.checked).reduce((sum, one) => sum + one, 0);
  for (const { rule, text, at } of falsehoods.slice(0, SHOWN))
    say(`FALSE ${rule} ${new Date(at).toISOString()} ${text}`);
  if (falsehoods.length > SHOWN) say(`and ${falsehoods.length - SHOWN} more`);
  if (falsehoods.length > 0) {
    const file = path.join(tmpdir(), `howdah-chaos-${report.seed}.json`);
    writeFileSync(
      file,
      JSON.stringify({
        ...figures,
        falsehoods,
        ...evidence,
        looks: evidence.history.looks,
        changes: evidence.history.changes,
      }),
    );
    say(`what was seen and told: ${file}`);
  }
  for (const why of report.skipped) say(`skipped ${why}`);
  say(
    `seed ${report.seed}: ${report.minutes} min, ${report.rounds} rounds, ${report.faults} faults, ${report.accepted} actions of ${report.orders} orders, ` +
      `${report.claimsHeard} claims heard, ${count} checked, ${report.unjudged} not to be judged, ${falsehoods.length} false`,
  );
  sayJson({ chaos: true, pass: falsehoods.length === 0, ...figures, false: falsehoods.length, ...machine() });
  return falsehoods.length === 0 ? 0 : 1;
}

process.exit(
  await main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 2;
  }),
);
