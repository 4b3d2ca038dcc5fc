// The Sources page in light and dark and at 900 × 600: no serious finding of axe, no sideways scrolling, and (on request) pictures.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriousComplaints } from './axe.ts';
import { chromiumMissing, screenshot, uiTitle, useBrowser } from '../support/browser.ts';
import { alteredReport, COMMIT, fetchedCheckout, linkedCheckout } from '../support/scripted-checkouts.ts';
import { scriptedJob } from '../support/scripted-data.ts';
import { CHECKOUT, fillSources } from '../support/scripted-sources-data.ts';
import { type SourcesHost, startSourcesHost } from '../support/scripted-sources.ts';

interface Look {
  name: string;
  hash: string;
  shows: string;
  act?: (page: Page) => Promise<void>;
}

const AT = `#/sources?checkout=${CHECKOUT}`;
const LOOKS: readonly Look[] = [
  { name: 'sources-empty', hash: '#/sources', shows: 'Use a folder of mine…' },
  { name: 'sources', hash: AT, shows: 'part-1.1.tar.xz' },
  {
    name: 'sources-kept',
    hash: `#/sources?checkout=${COMMIT}`,
    shows: 'Seedbed was tested with its commit',
    act: async (page) => {
      await page.getByRole('button', { name: 'Compare with its commits' }).click();
      await page.getByText('2 differences from its commits').waitFor();
      await page.getByRole('button', { name: /^All checkouts/ }).click();
    },
  },
  { name: 'sources-failed', hash: `${AT}&show=failed&sort=name`, shows: 'sources tried' },
  { name: 'sources-nothing-fits', hash: `${AT}&find=no+such+file`, shows: 'No file fits' },
  { name: 'sources-job', hash: `${AT}&job=fetching&show=going`, shows: 'Cancel' },
  {
    name: 'sources-file-failed',
    hash: `${AT}&file=part-5.5.tar.xz`,
    shows: 'Distfiles',
    act: (page) => page.getByRole('dialog').getByText('What was tried').waitFor(),
  },
  {
    name: 'sources-file-here',
    hash: `${AT}&file=part-1.1.tar.xz`,
    shows: 'Distfiles',
    act: (page) => page.getByRole('dialog').getByText('Where it came from').waitFor(),
  },
  {
    name: 'sources-folds',
    hash: AT,
    shows: 'part-1.1.tar.xz',
    act: async (page) => {
      for (const fold of [/^Mirrors/, /^Where files may come from/, /^Serve these files/])
        await page.getByRole('button', { name: fold }).click();
      await page.getByRole('button', { name: 'Check the mirrors' }).scrollIntoViewIfNeeded();
      await page.getByRole('button', { name: /^Where files may come from/ }).scrollIntoViewIfNeeded();
    },
  },
];

describe.skipIf(chromiumMissing() !== null)(uiTitle('the look of the Sources page'), () => {
  const pages = useBrowser();
  let host: SourcesHost;
  beforeAll(async () => {
    host = await startSourcesHost();
    fillSources(host);
    host.comparison = alteredReport();
    host.jobs.set([
      scriptedJob('fetching', {
        kind: 'distfiles.fetch',
        label: 'Fetching distfiles',
        state: 'running',
        progress: {
          step: 'fetch',
          label: 'Fetching distfiles (118 of 310 are here)',
          done: 96_000_000,
          total: 331_000_000,
          unit: 'bytes',
          rate: 3_400_000,
          etaMilliseconds: 69_000,
        },
      }),
    ]);
  });
  afterAll(() => host.close());

  for (const [name, options] of [
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['small', { viewport: { width: 900, height: 600 } }],
  ] as const) {
    it(`has no serious finding of axe and does not scroll sideways: ${name}`, async () => {
      const found: string[] = [];
      for (const look of LOOKS) {
        const path = '/home/user/work/other-checkout';
        host.kept.set(
          look.name === 'sources-kept'
            ? [fetchedCheckout(CHECKOUT), linkedCheckout(CHECKOUT, path, alteredReport())]
            : [],
        );
        const page = await pages.open(host.url, options);
        await page.evaluate((to) => (window.location.hash = to), look.hash);
        await page.locator('main').getByText(look.shows).first().waitFor();
        await look.act?.(page);
        await screenshot(page, `${look.name}-${name}`);
        for (const finding of await seriousComplaints(page)) found.push(`${look.name}: ${finding}`);
      }
      expect(found).toEqual([]);
    });
  }
});
