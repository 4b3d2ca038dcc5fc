// What is around every page: rail, banner, status line.
import type { Locator, Page } from 'playwright-core';

export interface Shell {
  heading: Locator;
  goTo(section: 'Home' | 'Sources' | 'Images' | 'Runs' | 'Drives' | 'Machine'): Promise<void>;
  connection: Locator;
  lostBanner: Locator;
  reconnect: Locator;
  status: Locator;
  errorCard: Locator;
}

export function shell(page: Page): Shell {
  const rail = page.getByRole('navigation', { name: 'Main' });
  const lostBanner = page.locator('.banner');
  return {
    heading: page.getByRole('heading', { level: 1 }),
    goTo: (section) => rail.getByRole('link', { name: section, exact: true }).click(),
    connection: page.locator('.connection'),
    lostBanner,
    reconnect: lostBanner.getByRole('button', { name: 'Reconnect' }),
    status: page.getByRole('contentinfo', { name: 'Status' }),
    errorCard: page.locator('.error-card'),
  };
}
