// The rarer things on the Sources page, on a scripted host: mirrors, checkouts in one file, folders and address maps, rates.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import type { DistfileRow } from '../../src/shared/model/distfile.ts';
import { Settings } from '../../src/shared/model/settings.ts';
import { chromiumMissing, uiTitle, useBrowser } from '../support/browser.ts';
import { folderChooser } from '../support/page-objects/folder-chooser.ts';
import { sourcesPage } from '../support/page-objects/sources-page.ts';
import { COMMIT, fetchedCheckout } from '../support/scripted-checkouts.ts';
import { CHECKOUT, fillSources, presentRow, scriptedRow } from '../support/scripted-sources-data.ts';
import { type SourcesHost, startSourcesHost } from '../support/scripted-sources.ts';

describe.skipIf(chromiumMissing() !== null)(uiTitle('more of the Sources page'), () => {
  const pages = useBrowser();
  const ARCHIVE = `place-${'a'.repeat(32)}`;
  let host: SourcesHost;
  let page: Page;
  beforeAll(async () => {
    host = await startSourcesHost();
    fillSources(host);
    const folder = host.folders.get(CHECKOUT);
    folder?.entries.push({
      token: ARCHIVE,
      name: 'carry.tar',
      kind: 'file',
      sizeBytes: 48_000_000,
      isCheckout: false,
    });
  });
  afterAll(() => host.close());
  beforeEach(async () => {
    host.rows.set([presentRow('one.tar'), scriptedRow('two.tar')]);
    host.jobs.set([]);
    host.kept.set([fetchedCheckout(CHECKOUT)]);
    host.settings = Settings.parse({});
    host.asked.length = 0;
    page = await pages.open(host.url);
    await page.evaluate((to) => (window.location.hash = to), `#/sources?checkout=${COMMIT}`);
    await sourcesPage(page).table.waitFor();
  });

  function endJob(): void {
    host.jobs.set(
      host.jobs.get().map((job) => ({
        ...job,
        state: 'done',
        endedAt: job.startedAt,
        result: { ...NOTHING, path: '/x' },
      })),
    );
  }
  const NOTHING = { imageId: null, runId: null, path: null };
  const calls = (): string[] => host.asked.map(({ call }) => call);

  it('makes a mirror in a folder that is chosen, and says what is in it', async () => {
    host.mirrorReport = {
      ...{ folder: '/x', files: 330, added: 12, addedBytes: 4096, unchanged: 318 },
      strangers: ['notes.txt'],
    };
    const sources = sourcesPage(page);
    await sources.more('Make a mirror…');
    await folderChooser(page).choose.click();
    await expect.poll(calls).toEqual(['mirror']);
    await sources.job.waitFor();
    endJob();
    await sources.result.getByText('The mirror is made').waitFor();
    expect(await sources.result.textContent()).toContain(
      'The mirror holds 330 files: 12 new, 318 unchanged. 1 other file was left alone.',
    );
  });

  it('exports only when every file is here, and says why not before', async () => {
    await page.getByRole('button', { name: 'More' }).click();
    const entry = page.getByRole('menuitem', { name: 'Export to a folder…' });
    expect(await entry.getAttribute('aria-disabled')).toBe('true');
    expect(await entry.textContent()).toContain('Not yet: 1 file is missing');
    await page.keyboard.press('Escape');
    host.rows.set([presentRow('one.tar'), presentRow('two.tar')]);
    await sourcesPage(page).row('two.tar').getByText('Here').waitFor();
    await sourcesPage(page).more('Export to a folder…');
    await folderChooser(page).choose.click();
    await expect.poll(calls).toEqual(['export']);
  });

  it('writes a checkout into one file, and takes one in from a file', async () => {
    const card = page.getByRole('region', { name: 'Checkout' });
    await card.getByRole('button', { name: /^All checkouts/ }).click();
    await card.getByRole('button', { name: /^As one file…/ }).click();
    await folderChooser(page).choose.click();
    await expect.poll(calls).toEqual(['checkout.export']);
    host.checkoutReport = {
      ...{ kind: 'export', path: '/x', sizeBytes: 4096, sha256: 'c'.repeat(64), distfiles: 1 },
      missing: ['two.tar'],
    };
    endJob();
    await card.getByText('Written into one file').waitFor();
    await card.getByRole('button', { name: 'From a file…' }).click();
    const chooser = folderChooser(page);
    await chooser.entry('carry.tar').click();
    await chooser.choose.click();
    await expect.poll(calls).toEqual(['checkout.export', 'checkout.import']);
    host.checkoutReport = { kind: 'import', id: COMMIT, distfiles: null };
    endJob();
    await card.getByText('Taken in', { exact: true }).waitFor();
  });

  it('keeps folders of the user’s, and maps git addresses to servers and folders', async () => {
    await page.getByRole('button', { name: /^Where files may come from/ }).click();
    await page.getByRole('button', { name: 'Add a folder…' }).click();
    await folderChooser(page).choose.click();
    const remove = page.getByRole('button', { name: 'Search no more in /home/user/work/live-bootstrap' });
    await remove.click();
    await expect.poll(() => host.settings.distfiles.folders).toEqual([]);

    const maps = page.getByRole('list', { name: 'Maps of git addresses' });
    await page.getByRole('textbox', { name: 'Begins with' }).fill('https://github.com/');
    await page.getByRole('textbox', { name: 'Take instead' }).fill('https://git.example.org/');
    await page
      .getByRole('group', { name: 'Git addresses' })
      .getByRole('button', { name: 'Add', exact: true })
      .click();
    await maps.getByText('https://github.com/ → https://git.example.org/').waitFor();
    await page.getByRole('textbox', { name: 'Begins with' }).fill('https://git.savannah.gnu.org/');
    await page.getByRole('button', { name: 'Take from a folder…' }).click();
    await folderChooser(page).choose.click();
    await maps.getByText('→ file:///home/user/work/live-bootstrap/').waitFor();
    await page.getByRole('button', { name: 'Forget the map of https://github.com/' }).click();
    await expect
      .poll(() => host.settings.checkout.map.map(({ from }) => from))
      .toEqual(['https://git.savannah.gnu.org/']);
  });

  it('shows how fast each file comes', async () => {
    let doneBytes = 1_000_000;
    const fetching = (): DistfileRow =>
      scriptedRow('two.tar', { state: 'fetching', sizeBytes: 90_000_000, doneBytes });
    host.rows.set([presentRow('one.tar'), fetching()]);
    const grow = setInterval(() => {
      doneBytes += 500_000;
      host.rows.set([presentRow('one.tar'), fetching()]);
    }, 250);
    try {
      await sourcesPage(page)
        .row('two.tar')
        .getByText(/^[12]\.\d MiB\/s$/)
        .waitFor();
    } finally {
      clearInterval(grow);
    }
  });
});
