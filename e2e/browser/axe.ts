// What is on a page, judged by axe in both themes. The second theme changes colours and nothing else, so only the rules that look
// at colours are asked again; loading the page once for both is what makes many pages affordable.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const THEMES = ['dark', 'light'] as const;
const RULES_OF_COLOUR = ['color-contrast', 'link-in-text-block'];

/** Nothing is wider than the window either. Leaves the page in the light theme. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  for (const theme of THEMES) {
    await page.evaluate((name) => {
      document.documentElement.dataset.theme = name;
    }, theme);
    // Colours on their way to the other theme are those of neither.
    await page.waitForFunction(() =>
      document
        .getAnimations()
        .every(
          ({ effect, playState }) =>
            playState !== 'running' || effect?.getComputedTiming().iterations === Number.POSITIVE_INFINITY,
        ),
    );
    // Legacy: in the page itself. There are no frames, and the other way opens a page more for each result.
    const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode();
    const { violations } = await (theme === THEMES[0] ? axe : axe.withRules(RULES_OF_COLOUR)).analyze();
    expect(violations.map(({ id, nodes }) => `${where}, ${theme}: ${id}: ${nodes[0]?.html.slice(0, 160)}`)).toEqual([]);
  }
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(over, `${where} is wider than the window`).toBe(0);
}
