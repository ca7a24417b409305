// One lab for many test files, one after the other: what a file left is healed for the next. It decides when a new one is needed.
import { type BringUpOptions, bringUp, findLab } from './bring-up';
import { endLabByName } from './end';
import type { Generation, Say } from './environments';
import { healLab } from './heal';
import type { Lab } from './lab';

export interface LoanOptions extends BringUpOptions {
  readonly name: string;
  readonly generation: Generation;
  readonly say: Say;
}

/** The lab of this name, healthy and as standard as on its first day but for its timeline; another generation's is replaced. */
export async function lendLab(options: LoanOptions): Promise<Lab> {
  const { name, generation, say } = options;
  if (findLab(name)?.generation !== generation) return bringUp(options);
  try {
    const lab = await bringUp(options);
    await lab.endPart('howdah');
    await healLab(lab);
    return lab;
  } catch (error) {
    say(`lab ${name} is made anew: ${error instanceof Error ? error.message : String(error)}`);
    await endLabByName(name, say, true);
    return bringUp(options);
  }
}
