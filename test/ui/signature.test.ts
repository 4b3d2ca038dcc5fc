// Upstream's signature in a file's details, and the bill of materials on the Sources page; in both themes without a finding of axe.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumMissing, screenshot, uiTitle, useBrowser } from '../support/browser.ts';
import { CHECKOUT, fillSources } from '../support/scripted-sources-data.ts';
import { type SourcesHost, startSourcesHost } from '../support/scripted-sources.ts';
import { seriousComplaints } from './axe.ts';

const AT = `#/sources?checkout=${CHECKOUT}`;
const KEYS = `place-${'c3'.repeat(16)}`;

describe.skipIf(chromiumMissing() !== null)(uiTitle('a signature'), () => {
  const pages = useBrowser();
  let host: SourcesHost;
  beforeAll(async () => {
    host = await startSourcesHost();
    fillSources(host);
    const entry = (name: string, digits: string) => ({
      ...{ token: `place-${digits.repeat(16)}`, name, kind: 'file' as const },
      ...{ sizeBytes: 900, isCheckout: false },
    });
    const place = { token: KEYS, label: '/home/user/keys' };
    const entries = [entry('maker.asc', 'd4'), entry('x.sig', 'e5')];
    host.roots.unshift(place);
    host.folders.set(KEYS, { place, parent: null, entries, leftOut: 0 });
    for (const { token, name } of entries)
      host.folders.set(token, {
        place: { token, label: `/home/user/keys/${name}` },
        ...{ parent: null, entries: [], leftOut: 0 },
      });
  });
  afterAll(() => host.close());

  async function openFile(name: string, colorScheme: 'light' | 'dark'): Promise<Page> {
    const page = await pages.open(host.url, { colorScheme });
    await page.evaluate((to) => (window.location.hash = to), `${AT}&file=${name}`);
    return page;
  }

  async function choose(page: Page, field: string, file: string): Promise<void> {
    await page.getByRole('group', { name: field, exact: true }).getByRole('button').click();
    const chooser = page.getByRole('dialog', { name: 'Choose a file' });
    await chooser.getByRole('row', { name: file }).click();
    await chooser.getByRole('button', { name: /^Choose “/ }).click();
    await chooser.waitFor({ state: 'hidden' });
  }

  it.each(['light', 'dark'] as const)(
    'is fetched or given, with a key that the user chooses; the outcome stands there (%s)',
    async (theme) => {
      const page = await openFile('part-1.1.tar.xz', theme);
      const part = page.getByRole('region', { name: 'Upstream’s signature' });
      await part.getByText('No signature was looked at here.').waitFor();
      await part.getByRole('button', { name: 'Look at a signature' }).click();
      const fetch = part.getByRole('button', { name: 'Fetch and check' });
      const given = part.getByRole('button', { name: 'Check the signature' });
      expect(await fetch.isDisabled()).toBe(true);
      await choose(page, 'Public key', 'maker.asc');
      await part.getByText('/home/user/keys/maker.asc').waitFor();
      expect(await given.isDisabled()).toBe(true);
      await fetch.click();
      await part.getByText('Upstream has none beside the file.').waitFor();
      await part.getByText('https://example.org/x.asc: HTTP 404').waitFor();
      await choose(page, 'Signature', 'x.sig');
      await given.click();
      await part.getByText('The key expired on 2020-01-01').waitFor();
      expect(await part.getByRole('status').first().textContent()).toContain('weak');
      await part.getByRole('status').first().scrollIntoViewIfNeeded();
      await screenshot(page, `signature-${theme}`);
      expect(await seriousComplaints(page)).toEqual([]);
    },
  );

  it('waits for the file itself', async () => {
    const page = await openFile('part-5.5.tar.xz', 'light');
    const part = page.getByRole('region', { name: 'Upstream’s signature' });
    await part.getByText('A signature can be looked at when the file is here.').waitFor();
    expect(await part.getByRole('button').count()).toBe(0);
  });

  it.each(['light', 'dark'] as const)('stands beside the bill of materials as files (%s)', async (theme) => {
    const page = await pages.open(host.url, { colorScheme: theme });
    await page.evaluate((to) => (window.location.hash = to), AT);
    const bill = page.getByRole('region', { name: 'Bill of materials' });
    await bill.waitFor();
    expect(await bill.getByRole('button').allTextContents()).toEqual(['CycloneDX', 'CSV']);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      bill.getByRole('button', { name: 'CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('live-bootstrap.csv');
    await bill.scrollIntoViewIfNeeded();
    await screenshot(page, `sources-bill-${theme}`);
    expect(await seriousComplaints(page)).toEqual([]);
  });
});
