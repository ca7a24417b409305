import { describe, expect, it } from 'vitest';
import { inlineOf, markdownBlocks } from './markdown';

describe('Markdown of a runbook', () => {
  it('is headings, paragraphs, lists and code', () => {
    const text =
      '# Title\n\nOne line\nand more.\n\n1. first\n   goes on\n2. second\n\n```\npatronictl list\n# no heading\n```\nend';
    expect(markdownBlocks(text).map(({ kind }) => kind)).toEqual(['heading', 'paragraph', 'list', 'code', 'paragraph']);
    expect(markdownBlocks(text)[1]).toMatchObject({ inline: [{ kind: 'text', text: 'One line and more.' }] });
    expect(markdownBlocks(text)[2]).toMatchObject({
      ordered: true,
      items: [[{ text: 'first goes on' }], [{ text: 'second' }]],
    });
    expect(markdownBlocks(text)[3]).toEqual({ kind: 'code', text: 'patronictl list\n# no heading' });
  });

  it('has code, bold and links in a line; HTML and other addresses stay text', () => {
    expect(inlineOf('Run `ls`, **now**, see [wiki](https://w/x).').map(({ kind }) => kind)).toEqual([
      ...['text', 'code', 'text', 'bold', 'text', 'link', 'text'],
    ]);
    expect(inlineOf('<img src=x> [x](javascript:alert)')).toEqual([
      { kind: 'text', text: '<img src=x> [x](javascript:alert)' },
    ]);
  });

  it('that never ends its code is code to the end', () => {
    expect(markdownBlocks('```\na\nb')).toEqual([{ kind: 'code', text: 'a\nb' }]);
  });
});
