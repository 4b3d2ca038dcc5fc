// The Sources page at work on a scripted host: keyboard, filter, order, search, live rows, one job after another, what is missing.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import type { DistfileRow } from '../../src/shared/model/distfile.ts';
import { chromiumMissing, screenshot, uiTitle, useBrowser } from '../support/browser.ts';
import { folderChooser } from '../support/page-objects/folder-chooser.ts';
import { shell } from '../support/page-objects/shell.ts';
import { sourcesPage } from '../support/page-objects/sources-page.ts';
import {
  alteredReport,
  checkoutReport,
  COMMIT,
  fetchedCheckout,
  linkedCheckout,
} from '../support/scripted-checkouts.ts';
import { scriptedJob } from '../support/scripted-data.ts';
import {
  CHECKOUT,
  failuresOf,
  fillSources,
  manyRows,
  presentRow,
  scriptedRow,
} from '../support/scripted-sources-data.ts';
import { type SourcesHost, startSourcesHost } from '../support/scripted-sources.ts';

describe.skipIf(chromiumMissing() !== null)(uiTitle('the Sources page'), () => {
  const pages = useBrowser();
  let host: SourcesHost;
  beforeAll(async () => {
    host = await startSourcesHost();
    fillSources(host);
  });
  afterAll(() => host.close());
  beforeEach(() => {
    host.rows.set(manyRows());
    host.jobs.set([]);
    host.kept.set([]);
    host.comparison = checkoutReport();
    host.checkoutReport = null;
    host.asked.length = 0;
  });

  async function open(query = ''): Promise<Page> {
    const page = await pages.open(host.url);
    await page.evaluate((to) => (window.location.hash = to), `#/sources?checkout=${CHECKOUT}${query}`);
    await sourcesPage(page).table.waitFor();
    return page;
  }

  function change(name: string, part: Partial<DistfileRow>): void {
    host.rows.set(host.rows.get().map((row) => (row.name === name ? { ...row, ...part } : row)));
  }

  it('is reached by the rail, asks for a checkout, and remembers it on the way back', async () => {
    const page = await pages.open(host.url);
    await shell(page).goTo('Sources');
    await page.getByRole('button', { name: 'Use a folder of mine…' }).click();
    await folderChooser(page).choose.click();
    await sourcesPage(page).table.waitFor();
    await shell(page).goTo('Home');
    await shell(page).goTo('Sources');
    await sourcesPage(page).table.waitFor();
    const card = page.getByRole('region', { name: 'Checkout' });
    await expect.poll(() => card.textContent()).toContain('/home/user/work');
    expect(await card.textContent()).toContain('A folder of yours · commit 984b83220000 · no differences');
  });

  it('fetches the pinned commit, shows how far it is, and then what it wants', async () => {
    const page = await pages.open(host.url);
    await shell(page).goTo('Sources');
    await page.getByRole('button', { name: 'Fetch live-bootstrap…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('of 2025-11-15').waitFor();
    await screenshot(page, 'sources-fetch-checkout');
    await dialog.getByRole('button', { name: 'Fetch', exact: true }).click();
    const card = page.getByRole('region', { name: 'Checkout' });
    await card.getByRole('button', { name: 'Cancel' }).waitFor();
    host.kept.set([fetchedCheckout(CHECKOUT)]);
    host.checkoutReport = { kind: 'fetch', id: COMMIT, did: 'fetched' };
    host.jobs.set(host.jobs.get().map((job) => ({ ...job, state: 'done', endedAt: job.startedAt })));
    await card.getByText('live-bootstrap is here').waitFor();
    await card.getByText('compared with its commits').waitFor();
    await sourcesPage(page).table.waitFor();
    expect(await card.getByRole('button', { name: 'Fetch live-bootstrap…' }).count()).toBe(0);
  });

  it('compares a checkout with its commits, names each difference, and forgets a folder when told', async () => {
    host.comparison = alteredReport();
    host.kept.set([linkedCheckout(CHECKOUT, '/home/user/work/live-bootstrap', alteredReport())]);
    const page = await pages.open(host.url);
    await shell(page).goTo('Sources');
    const card = page.getByRole('region', { name: 'Checkout' });
    await card.getByRole('button', { name: 'Compare with its commits' }).click();
    const found = card.getByRole('status', { name: 'Comparison with the commits' });
    await found.waitFor();
    expect(await found.textContent()).toContain('2 differences from its commits');
    expect(await found.textContent()).toContain('1 of them may change the bytes of a boot image');
    expect(await found.getByRole('listitem').allTextContents()).toEqual([
      expect.stringMatching(/^Altered.*steps\/manifest.*1a2b3c4/),
      expect.stringMatching(/^Extra.*notes/),
    ]);
    await screenshot(page, 'sources-differences');
    await card.getByRole('button', { name: /^All checkouts/ }).click();
    await card.getByRole('button', { name: 'Remove live-bootstrap' }).click();
    await page.getByRole('alertdialog').getByText('Nothing in it is touched').waitFor();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove the checkout' }).click();
    await page.getByRole('button', { name: 'Use a folder of mine…' }).waitFor();
    expect(host.kept.get()).toEqual([]);
  });

  it('draws only the rows in view, filters, searches and sorts, and a reload keeps it', async () => {
    const page = await open();
    const sources = sourcesPage(page);
    expect((await sources.names()).length).toBeLessThan(60);
    expect(await sources.table.getAttribute('aria-rowcount')).toBe('311');
    await sources.show(/^No address/).click();
    await expect.poll(() => sources.shown.textContent()).toBe('21 of 310 files shown');
    await sources.search.fill('part-1');
    await expect.poll(() => sources.shown.textContent()).toMatch(/^[1-9] of 310 files shown$/);
    await sources.heading('File').click();
    await expect.poll(() => sources.heading('File').getAttribute('aria-sort')).toBe('ascending');
    await sources.heading('File').click();
    await expect.poll(() => page.url()).toContain('find=part-1');
    const before = await sources.names();
    expect(before[0]?.localeCompare(before.at(-1) ?? '', 'en', { numeric: true })).toBe(1);
    await page.reload();
    await sources.table.waitFor();
    expect(await sources.names()).toEqual(before);
  });

  it('shows files of every step when asked, and then fetches those too', async () => {
    const page = await open();
    await page.getByRole('button', { name: /^Every step/ }).press('Space');
    await expect.poll(() => page.url()).toContain('steps=every');
    const sources = sourcesPage(page);
    await sources.fetchAll.click();
    await expect.poll(() => host.selections.at(-1)).toMatchObject({ everyStep: true });
  });

  it('is walked by keyboard: arrows move, Enter opens a file, Escape closes it', async () => {
    const page = await open('&show=failed');
    const sources = sourcesPage(page);
    await sources.row('part-5.5.tar.xz').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await sources.details.waitFor();
    expect(await sources.details.getByRole('heading').first().textContent()).toBe('part-28.1.tar.xz');
    const tried = sources.details.getByRole('region', { name: 'What was tried' });
    expect(await tried.getByRole('listitem').count()).toBe(3);
    expect(await tried.textContent()).toContain('HTTP 404');
    const order = sources.details.getByRole('region', { name: 'Sources', exact: true });
    expect(await order.getByRole('listitem').first().textContent()).toContain('part-28.1.tar.xz');
    await page.keyboard.press('Escape');
    await sources.details.waitFor({ state: 'hidden' });
    expect(page.url()).not.toContain('file=');
  });

  it('retries one file, fetches those that are shown, and all', async () => {
    const page = await open('&show=failed&file=part-5.5.tar.xz');
    const sources = sourcesPage(page);
    await sources.details.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => host.asked).toEqual([{ call: 'fetch', names: ['part-5.5.tar.xz'] }]);
    // While it runs, nothing else can be started.
    await sources.job.waitFor();
    await page.keyboard.press('Escape');
    expect(await sources.fetchAll.isDisabled()).toBe(true);
    await sources.job.getByRole('button', { name: 'Cancel' }).click();
    await sources.result.waitFor();
    expect(await sources.result.textContent()).toContain('Cancelled');
    await sources.fetchShown.click();
    await expect.poll(() => host.asked.at(-1)?.names?.length).toBe(14);
    await sources.job.getByRole('button', { name: 'Cancel' }).click();
    await sources.fetchAll.click();
    await expect.poll(() => host.asked.at(-1)).toEqual({ call: 'fetch', names: null });
  });

  it('shows each file as it comes, with rate and time left of all', async () => {
    host.rows.set([scriptedRow('one.tar'), scriptedRow('two.tar')]);
    const page = await open();
    const sources = sourcesPage(page);
    await sources.fetchAll.click();
    await sources.job.waitFor();
    change('one.tar', { state: 'fetching', sizeBytes: 4096, doneBytes: 1024 });
    await sources.row('one.tar').getByText('Fetching 25 %').waitFor();
    const job = host.jobs.get().at(-1);
    if (job === undefined) throw new Error('no job');
    // With the numbers of a scripted job.
    const { progress } = scriptedJob('any');
    host.jobs.set([scriptedJob(job.id, { ...job, progress })]);
    await sources.job.getByText('1 MiB a second · 7.0 s left').waitFor();
    change('one.tar', presentRow('one.tar'));
    await sources.row('one.tar').getByText('Here').waitFor();
    expect(await sources.distfiles.textContent()).toContain('1 of 2 are here');

    // It ends with one missing: every cause is in the row, and what to do is said.
    change('two.tar', { state: 'failed', failures: failuresOf('two.tar') });
    host.reports.set(job.id, {
      ...{ files: 2, alreadyThere: 0, added: 1, addedBytes: 4096, receivedBytes: 5000 },
      missing: [{ ...pick(scriptedRow('two.tar')), failures: failuresOf('two.tar') }],
      wrong: [],
    });
    const error = { code: 'DISTFILES_INCOMPLETE', message: '1 of 2 distfiles are missing', hint: '' };
    host.jobs.set([scriptedJob(job.id, { ...job, state: 'failed', endedAt: job.startedAt, error })]);
    await sources.result.waitFor();
    await sources.result.getByText('1 file added, 4 KiB · 1 of 2 still missing.').waitFor();
    expect(await sources.missing.textContent()).toContain('1 file is missing');
    await sources.missing.getByRole('button', { name: 'List with addresses…' }).click();
    const list = page.getByLabel('Missing files with their addresses');
    expect(await list.textContent()).toContain('https://samuelt.me/live-bootstrap/two.tar');
    await screenshot(page, 'sources-missing-list');
    await page.getByRole('button', { name: 'Copy the list' }).click();
    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toContain('https://ftp.example.org/two.tar');
  });

  it('cleans up only what was shown before, and verifies what is stored', async () => {
    host.pruned = {
      dryRun: true,
      freedBytes: 2048,
      removed: [{ path: '/x', why: 'half-fetched', sizeBytes: 2048 }],
    };
    const page = await open();
    const sources = sourcesPage(page);
    await sources.more('Clean up…');
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText('Half-fetched files: 1, 2 KiB').waitFor();
    expect(host.asked).toEqual([]);
    await screenshot(page, 'sources-clean-up');
    await dialog.getByRole('button', { name: 'Remove, freeing 2 KiB' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await sources.more('Verify the stored files');
    await expect.poll(() => host.asked.map(({ call }) => call)).toEqual(['prune', 'verify']);
  });

  it('asks other sources of what is stored', async () => {
    await sourcesPage(await open()).more('Ask other sources');
    await expect.poll(() => host.asked.map(({ call }) => call)).toEqual(['confirm']);
  });

  it('turns a mirror off, adds one, checks them, and serves the files', async () => {
    const page = await open();
    await page.getByRole('button', { name: /^Mirrors/ }).click();
    await page.getByText('Ask stikonas.eu').click();
    await expect.poll(() => host.settings.distfiles.mirrorsOff).toEqual(['stikonas.eu']);
    await page
      .getByRole('listitem')
      .filter({ hasText: 'stikonas.eu' })
      .getByText('Off', { exact: true })
      .waitFor();
    await page.getByRole('textbox', { name: /^A mirror of your own/ }).fill('http://10.0.0.2:8000/');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await expect.poll(() => host.settings.distfiles.ownMirrors).toEqual(['http://10.0.0.2:8000']);
    await page.getByRole('button', { name: 'Check the mirrors' }).click();
    await expect.poll(() => host.asked.map(({ call }) => call)).toEqual(['check']);
    await page.getByRole('button', { name: /^Serve these files/ }).click();
    await page.getByRole('button', { name: 'Serve', exact: true }).click();
    await page.getByRole('button', { name: 'Copy http://127.0.0.1:8000' }).waitFor();
    await page.getByRole('button', { name: 'Stop serving http://127.0.0.1:8000' }).click();
    await expect.poll(() => host.serving.get()).toEqual([]);
  });
});

function pick({ name, sha256, urls, git, steps }: DistfileRow) {
  return { name, sha256, urls, git, steps };
}
