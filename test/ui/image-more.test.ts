// More of an image's page with the real engine: two images side by side, the disks of one, distfiles of a folder to compare with.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { DEFAULT_CONFIGURATION } from '../../src/shared/model/bootstrap-config.ts';
import type { Image } from '../../src/shared/model/image.ts';
import { formatCount } from '../../src/shared/units.ts';
import { chromiumMissing, screenshot, uiTitle, useBrowser } from '../support/browser.ts';
import { makeCheckout, sha256 } from '../support/checkout-fixture.ts';
import { quietJob } from '../support/distfile-fixtures.ts';
import { type EngineHost, startEngineHost } from '../support/engine-host.ts';
import { folderChooser } from '../support/page-objects/folder-chooser.ts';
import { imagePage } from '../support/page-objects/image-page.ts';
import { seriousComplaints, sidewaysComplaints } from './axe.ts';

describe.skipIf(chromiumMissing() !== null)(uiTitle('more of the page of an image'), () => {
  const pages = useBrowser();
  let folder = '';
  let host: EngineHost;
  let small: Image;
  let large: Image;
  let checkout: string;
  beforeAll(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'seedbed-test-')));
    const late = Buffer.alloc(300_000, 'late ');
    const { path, distfiles } = await makeCheckout(folder, {
      distfiles: new Map([['late.tar.gz', late]]),
      edit: (files) =>
        files.set('steps/late-3.0/sources', `f http://example.org/late.tar.gz ${sha256(late)}\n`),
    });
    host = await startEngineHost(join(folder, 'data'), [folder]);
    checkout = host.engine.places.mint(path).token;
    const shared = {
      kind: 'live-bootstrap',
      checkoutPath: path,
      ...{ repoPath: null, preseedPath: null, overlays: [] },
    } as const;
    small = await host.engine.images.buildIntoStore(
      {
        ...shared,
        goal: 'stage0',
        distfiles: { from: 'store', store: host.engine.distfiles.store },
        configuration: { ...DEFAULT_CONFIGURATION, targetSizeMiB: 16 },
      },
      quietJob(),
    );
    large = await host.engine.images.buildIntoStore(
      {
        ...shared,
        goal: 'end',
        distfiles: { from: 'folder', path: distfiles },
        configuration: {
          ...DEFAULT_CONFIGURATION,
          targetSizeMiB: 0,
          externalSources: true,
          externalSizeMiB: 64,
        },
      },
      quietJob(),
    );
  });
  afterAll(async () => {
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function show(id: string, query: string, options = {}): Promise<Page> {
    const page = await pages.open(host.url, options);
    await page.evaluate((to) => (window.location.hash = to), `#/images/${id}?${query}`);
    return page;
  }

  it('two images are compared by entry, and a reload keeps the comparison', async () => {
    const page = await show(small.id, 'show=compare');
    await page.getByRole('button', { name: /Compare with/ }).click();
    await page
      .getByRole('option', { name: /Full bootstrap|live-bootstrap/ })
      .last()
      .click();
    const report = page.getByRole('region', { name: 'Comparison' });
    await report.getByText('The images differ').waitFor();
    const rows = report.getByRole('row');
    await expect
      .poll(() => rows.filter({ hasText: './steps/bootstrap.cfg' }).textContent())
      .toContain('Changed');
    await page.reload();
    await report.getByText('The images differ').waitFor();
    // The file of the same image.
    await page.evaluate(
      (to) => (window.location.hash = to),
      `#/images/${small.id}?show=compare&with=${host.engine.places.mint(small.path).token}`,
    );
    await report.getByText('The images are identical').waitFor();
  });

  it.each(['light', 'dark'] as const)(
    'the comparison has no serious finding of axe: %s',
    async (colorScheme) => {
      const page = await show(small.id, `show=compare&with=${large.id}`, { colorScheme });
      await page.getByRole('region', { name: 'Comparison' }).waitFor();
      await screenshot(page, `image-compare-${colorScheme}`);
      expect(await seriousComplaints(page)).toEqual([]);
      await page.setViewportSize({ width: 900, height: 600 });
      expect(await sidewaysComplaints(page)).toEqual([]);
    },
  );

  it('the switch leads to the other disk in every view, and says who read it', async () => {
    const page = await show(large.id, 'show=contents');
    const { contents } = imagePage(page);
    const disks = page.getByRole('radiogroup', { name: 'Disk' });
    await contents.getByRole('row', { name: 'steps' }).waitFor();
    await disks.getByRole('radio', { name: 'External disk' }).click();
    await contents.getByRole('row', { name: 'distfiles' }).click();
    await page.keyboard.press('Enter');
    await contents.getByRole('row', { name: 'late.tar.gz' }).waitFor();
    await page.getByText('Read by ext2fs (libext2fs), and compared with Seedbed’s own reader.').waitFor();
    await screenshot(page, 'image-contents-external-light');
    await page.reload();
    await contents.getByRole('row', { name: 'late.tar.gz' }).waitFor();
    await page.getByRole('tab', { name: 'Map' }).click();
    await page.getByRole('searchbox', { name: 'Search the regions' }).fill('late.tar.gz');
    await imagePage(page).regions.list.getByRole('option').first().waitFor();
    await disks.getByRole('radio', { name: 'Boot disk' }).click();
    await expect.poll(() => page.url()).not.toContain('disk=');
    await imagePage(page).regions.search.fill('Boot sector');
    await imagePage(page).regions.list.getByRole('option').first().waitFor();
  });

  it('an account with a folder of distfiles names the first wrong byte in one', async () => {
    const disk = join(dirname(large.path), 'external.img');
    const page = await show(large.id, `show=verify&disk=external&against=${checkout}`);
    const report = page.getByRole('region', { name: 'Account of every byte' });
    await page.getByRole('button', { name: 'A folder of distfiles…' }).click();
    const chooser = folderChooser(page);
    await chooser.entry('distfiles').click();
    await chooser.choose.click();
    await page.getByRole('button', { name: /The folder that you chose Distfiles to compare with/ }).waitFor();
    await page.getByRole('button', { name: 'Account for every byte' }).click();
    await report.getByText('Every byte is accounted for').waitFor();
    const file = await open(disk, 'r+');
    const bytes = Buffer.alloc(64 * 1024 * 1024);
    await file.read(bytes, 0, bytes.length, 0);
    const at = bytes.indexOf('late late late ') + 5000;
    await file.write('L', at);
    await file.close();
    await page.getByRole('button', { name: 'Account for every byte' }).click();
    await report.getByRole('button', { name: `Show byte ${formatCount(at)} in the map` }).waitFor();
    await screenshot(page, 'image-account-folder-light');
  });
});
