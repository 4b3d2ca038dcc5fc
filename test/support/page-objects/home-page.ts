// The first page.
import type { Locator, Page } from 'playwright-core';

export interface HomePage {
  checkMachine: Locator;
  stage0: Locator;
  full: Locator;
  explain: Locator;
  lastRuns: Locator;
}

export function homePage(page: Page): HomePage {
  return {
    checkMachine: page.getByRole('button', { name: 'Check this machine now' }),
    stage0: page.getByRole('link', { name: /Bootstrap the first stage/ }),
    full: page.getByRole('link', { name: /^Full bootstrap/ }),
    explain: page.getByRole('button', { name: /Explain a log/ }),
    lastRuns: page.getByRole('region', { name: 'Last runs' }),
  };
}
