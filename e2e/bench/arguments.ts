// `--name value` and `--name` of a bench's command line.

export class Arguments {
  readonly #values = new Map<string, string>();
  readonly words: readonly string[];

  constructor(argv: readonly string[], known: readonly string[]) {
    const words: string[] = [];
    for (let index = 0; index < argv.length; index++) {
      const word = argv[index] ?? '';
      if (!word.startsWith('--')) {
        words.push(word);
        continue;
      }
      const name = word.slice(2);
      if (!known.includes(name))
        throw new Error(`unknown flag ${word}; known: ${known.map((one) => `--${one}`).join(' ')}`);
      const next = argv[index + 1];
      const hasValue = next !== undefined && !next.startsWith('--');
      if (hasValue) index++;
      this.#values.set(name, hasValue ? next : '');
    }
    this.words = words;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  text(name: string, preset: string): string {
    return this.#values.get(name) ?? preset;
  }

  number(name: string, preset: number): number {
    const text = this.#values.get(name);
    if (text === undefined) return preset;
    const value = Number(text);
    if (text === '' || !Number.isFinite(value) || value < 0)
      throw new Error(`--${name}: expected a number, got "${text}"`);
    return value;
  }
}
