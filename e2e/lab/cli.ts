// `npm run lab -- COMMAND`: the lab by hand.

import { parseArgs } from 'node:util';
import { type BringUpOptions, bringUp, findLab } from './bring-up';
import { endLabByName } from './end';
import { GENERATIONS, type Generation, type Say } from './environments';
import { applyFault, FAULTS, isFaultName } from './faults';
import { healLab } from './heal';
import type { Lab } from './lab';
import { SHAPES, type Shape } from './layout';

const USAGE = `npm run lab -- COMMAND [options]
  up                          start a lab, or find the running one again
  down [--purge]              stop everything (--purge: remove its data too)
  status                      members, processes, active faults
  load on|off                 the write load through HAProxy
  fault NAME [member]         break something; "fault" alone lists what there is
  heal                        undo every fault and wait until the cluster is healthy
  switchover [candidate]      change the leader by Patroni's REST
  record SCENARIO             write down what every source says now, as test data
  patronictl ARGS...          the lab's own patronictl
options
  --name NAME                 which lab (default: the generation's name)
  --generation G              ${GENERATIONS.join(', ')} (default distro)
  --shape S                   ${SHAPES.join(', ')} (default demo)
  --mixed n3=patroni41        members that run another Patroni, separated by commas
  --loop-wait N --ttl N --retry-timeout N --pg-rewind
  --no-load                   do not start the write load`;

const started = Date.now();
const say: Say = (text) => {
  process.stderr.write(`[lab ${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s] ${text}\n`);
};

function oneOf<T extends string>(what: string, value: string, known: readonly T[]): T {
  const found = known.find((word) => word === value);
  if (found === undefined) throw new Error(`${what} "${value}": expected one of ${known.join(', ')}`);
  return found;
}

function wholeNumber(what: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${what} "${text}": expected a whole number of seconds`);
  return value;
}

function existing(name: string): Lab {
  const lab = findLab(name, say);
  if (lab === null)
    throw new Error(`no lab "${name}" was brought up from this checkout; start one with: npm run lab -- up`);
  return lab;
}

async function printStatus(lab: Lab): Promise<void> {
  const processes = lab.processes().filter((process) => process.main);
  console.log(
    `lab ${lab.name}: generation ${lab.generation}, shape ${lab.layout.shape}, addresses ${lab.layout.prefix}0/24`,
  );
  console.log(`data ${lab.layout.dataDir}, settings ${lab.howdahYaml}`);
  for (const { part, pid, frozen } of processes.sort((a, b) => a.part.localeCompare(b.part))) {
    console.log(`  ${part.padEnd(14)} ${String(pid).padStart(8)}${frozen ? '  frozen' : ''}`);
  }
  for (const fault of lab.faults)
    console.log(`  fault ${fault.name}${fault.member === null ? '' : ` at ${fault.member}`} since ${fault.at}`);
  if (processes.length === 0) {
    console.log('not running');
    return;
  }
  const problems = await lab.problems();
  console.log(problems.length === 0 ? `healthy, leader ${await lab.leader()}` : `not healthy: ${problems.join('; ')}`);
}

async function main(argv: readonly string[]): Promise<number> {
  // What follows "patronictl" belongs to patronictl, options and all.
  const at = argv.indexOf('patronictl');
  const ours = at < 0 ? argv : argv.slice(0, at + 1);
  const theirs = at < 0 ? [] : argv.slice(at + 1);
  const { values, positionals } = parseArgs({
    args: [...ours],
    allowPositionals: true,
    options: {
      name: { type: 'string' },
      generation: { type: 'string', default: 'distro' },
      shape: { type: 'string', default: 'demo' },
      mixed: { type: 'string', default: '' },
      'loop-wait': { type: 'string', default: '2' },
      ttl: { type: 'string', default: '20' },
      'retry-timeout': { type: 'string', default: '3' },
      'pg-rewind': { type: 'boolean', default: false },
      'no-load': { type: 'boolean', default: false },
      purge: { type: 'boolean', default: false },
    },
  });
  const generation: Generation = oneOf('generation', values.generation, GENERATIONS);
  const name = values.name ?? generation;
  const [command = 'help', first, second] = positionals;
  switch (command) {
    case 'up': {
      const shape: Shape = oneOf('shape', values.shape, SHAPES);
      const mixed = values.mixed
        .split(',')
        .filter(Boolean)
        .map((pair): [string, Generation] => {
          const [member = '', other = ''] = pair.split('=');
          return [member, oneOf('generation', other, GENERATIONS)];
        });
      const options: BringUpOptions = {
        generation,
        name,
        shape,
        memberGenerations: Object.fromEntries(mixed),
        load: !values['no-load'],
        cluster: {
          loopWait: wholeNumber('loop-wait', values['loop-wait']),
          ttl: wholeNumber('ttl', values.ttl),
          retryTimeout: wholeNumber('retry-timeout', values['retry-timeout']),
          pgRewind: values['pg-rewind'],
        },
        say,
      };
      const lab = await bringUp(options);
      await printStatus(lab);
      console.log(`Howdah on it: npm start -- --config ${lab.howdahYaml}`);
      return 0;
    }
    case 'down':
      await endLabByName(name, say, values.purge);
      return 0;
    case 'status':
      await printStatus(existing(name));
      return 0;
    case 'load':
      await existing(name).setLoad(oneOf('load', first ?? '', ['on', 'off']) === 'on');
      return 0;
    case 'fault':
      if (first === undefined) {
        for (const [fault, { about, hits }] of Object.entries(FAULTS))
          console.log(`${fault.padEnd(30)} ${hits.padEnd(8)} ${about}`);
        return 0;
      }
      if (!isFaultName(first)) throw new Error(`no fault "${first}"; "npm run lab -- fault" lists them`);
      await applyFault(existing(name), first, second);
      return 0;
    case 'heal':
      await healLab(existing(name));
      return 0;
    case 'record':
      // Loaded here: the recorder brings the product's collector along, which no other command needs.
      console.log(await (await import('./record')).recordNow(existing(name), first ?? ''));
      return 0;
    case 'switchover':
      console.log(await existing(name).switchover(first));
      return 0;
    case 'patronictl': {
      const { stdout, stderr, code } = await existing(name).patronictl(theirs);
      process.stdout.write(stdout);
      process.stderr.write(stderr);
      return code;
    }
    default:
      console.log(USAGE);
      return command === 'help' ? 0 : 2;
  }
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
