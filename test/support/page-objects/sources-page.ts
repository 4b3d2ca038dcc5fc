// The Sources page: checkout, table of distfiles, tools.
import type { Locator, Page } from 'playwright-core';

export interface SourcesPage {
  distfiles: Locator;
  table: Locator;
  row(name: string | RegExp): Locator;
  heading(name: string): Locator;
  /** Names of the files whose rows are drawn, from the top. */
  names(): Promise<string[]>;
  show(filter: string | RegExp): Locator;
  search: Locator;
  shown: Locator;
  fetchAll: Locator;
  fetchShown: Locator;
  more(entry: string): Promise<void>;
  details: Locator;
  missing: Locator;
  job: Locator;
  result: Locator;
}

export function sourcesPage(page: Page): SourcesPage {
  const distfiles = page.getByRole('region', { name: 'Distfiles' });
  const table = distfiles.getByRole('grid', { name: 'Distfiles' });
  return {
    distfiles,
    table,
    row: (name) => table.getByRole('row', { name }),
    heading: (name) => table.getByRole('columnheader', { name }),
    names: async () => table.getByRole('rowheader').allTextContents(),
    show: (filter) => distfiles.getByRole('radio', { name: filter }),
    search: distfiles.getByRole('searchbox', { name: 'Search the distfiles' }),
    shown: distfiles.getByText(/files( shown)?$/).last(),
    fetchAll: distfiles.getByRole('button', { name: /^Fetch all/ }),
    fetchShown: distfiles.getByRole('button', { name: /^Fetch the \d+ shown/ }),
    async more(entry) {
      await distfiles.getByRole('button', { name: 'More' }).click();
      await page.getByRole('menuitem', { name: entry }).click();
    },
    details: page.getByRole('dialog'),
    missing: distfiles.getByRole('region', { name: 'What is missing' }),
    job: distfiles.getByRole('region', { name: 'Job' }),
    result: distfiles.getByRole('status', { name: 'Result of the job' }),
  };
}
