// The Drives page and the page that writes one, as a person sees them.
import type { Locator, Page } from 'playwright-core';

export interface DrivesPageObject {
  free: Locator;
  refused: Locator;
  empty: Locator;
  card: (name: string) => Locator;
  choose: (field: string, option: RegExp) => Promise<void>;
  seeWhatHappens: Locator;
  erase: Locator;
}

export function drivesPage(page: Page): DrivesPageObject {
  return {
    free: page.getByRole('list', { name: 'Drives that may be written' }).locator(':scope > li'),
    refused: page.getByRole('list', { name: 'Drives that are refused' }).locator(':scope > li'),
    empty: page.getByText('No drive that could be written'),
    card: (name) => page.locator('.drive-card', { hasText: name }),
    async choose(field, option) {
      await page.getByRole('button', { name: new RegExp(`${field}$`) }).click();
      await page.getByRole('option', { name: option }).click();
    },
    seeWhatHappens: page.getByRole('button', { name: 'See what will happen' }),
    erase: page.getByRole('button', { name: /^Erase and write/ }),
  };
}
