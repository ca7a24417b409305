// Words for people that leave the core. The wire, the audit and the log are English; a screen or a message in another language
// finds the form of a sentence again by the catalogue (translate.ts). So every sentence that a person may read is written with
// `say`, and counts with `plural` (words.ts): a test reads the sources and asks the catalogues for each.

/** The sentence. What stands between the braces are values: names, numbers, durations, or sentences of their own. */
export function say(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return parts.reduce((text, part, index) => `${text}${index === 0 ? '' : values[index - 1]}${part}`, '');
}
