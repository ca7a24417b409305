// The palette by its key. A page is drawn before it hears keys, and a person presses again; so does this.
import { expect, type Page } from '@playwright/test';

export async function openPalette(page: Page): Promise<void> {
  const input = page.getByRole('dialog').getByRole('combobox');
  await expect(async () => {
    if (await input.isVisible()) return;
    await page.keyboard.press('Control+k');
    await expect(input).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 30_000 });
  await expect(input).toBeFocused();
}
