// The page of an image with the real engine: explored by keyboard and by pointing, walked and extracted, accounted for to the last byte.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { DEFAULT_CONFIGURATION } from '../../src/shared/model/bootstrap-config.ts';
import type { Image } from '../../src/shared/model/image.ts';
import { seriousComplaints, sidewaysComplaints } from './axe.ts';
import { chromiumMissing, screenshot, uiTitle, useBrowser } from '../support/browser.ts';
import { makeCheckout } from '../support/checkout-fixture.ts';
import { quietJob } from '../support/distfile-fixtures.ts';
import { type EngineHost, startEngineHost } from '../support/engine-host.ts';
import { folderChooser } from '../support/page-objects/folder-chooser.ts';
import { imagePage } from '../support/page-objects/image-page.ts';

describe.skipIf(chromiumMissing() !== null)(uiTitle('the page of an image'), () => {
  const pages = useBrowser();
  let folder = '';
  let host: EngineHost;
  let image: Image;
  let checkout: string;
  beforeAll(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'seedbed-test-')));
    const { path } = await makeCheckout(folder);
    host = await startEngineHost(join(folder, 'data'), [folder]);
    checkout = host.engine.places.mint(path).token;
    image = await host.engine.images.buildIntoStore(
      {
        kind: 'live-bootstrap',
        goal: 'stage0',
        checkoutPath: path,
        distfiles: { from: 'store', store: host.engine.distfiles.store },
        configuration: { ...DEFAULT_CONFIGURATION, targetSizeMiB: 16 },
        ...{ repoPath: null, preseedPath: null, overlays: [] },
      },
      quietJob(),
    );
  });
  afterAll(async () => {
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function show(query: string, options = {}): Promise<Page> {
    const page = await pages.open(host.url, options);
    await page.evaluate((to) => (window.location.hash = to), `#/images/${image.id}?${query}`);
    return page;
  }

  it('shows each region with its bytes, by keyboard and by pointing, and a reload keeps the place', async () => {
    const page = await show('show=map');
    const { picture, region, hex, regions } = imagePage(page);
    await picture.focus();
    await page.keyboard.press('Home');
    await expect.poll(() => picture.getAttribute('aria-valuetext')).toContain('Boot sector');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => picture.getAttribute('aria-valuetext')).toContain('stage2');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.url()).toMatch(/zoom=\d+-\d+/);
    await regions.search.fill('seed.kaem');
    await regions.list.getByRole('option').first().click();
    await expect.poll(() => region.textContent()).toContain('Entry of the source stream');
    await hex.getByText('src ').first().waitFor();
    await page.reload();
    await expect.poll(() => region.textContent()).toContain('seed.kaem');
    await page.getByRole('textbox', { name: /^Go to byte/ }).fill('0x1fe');
    await page.keyboard.press('Enter');
    await expect.poll(() => region.textContent()).toContain('Boot sector');
    await picture.hover({ position: { x: 200, y: 60 } });
    await page.locator('.map-bubble').waitFor();
    await picture.click({ position: { x: 200, y: 60 } });
    await expect.poll(() => page.url()).not.toContain('at=510');
  });

  it('walks its folders by keyboard and extracts into a folder that was chosen', async () => {
    mkdirSync(join(folder, 'taken-out'));
    const page = await show('show=contents');
    const { contents } = imagePage(page);
    await contents.getByRole('row', { name: 'steps' }).click();
    await page.keyboard.press('Enter');
    await contents.getByRole('row', { name: 'bootstrap.cfg' }).waitFor();
    await page.keyboard.press('Backspace');
    await contents.getByRole('row', { name: 'steps' }).click();
    await page.getByRole('button', { name: 'Extract 1 selected…' }).click();
    const chooser = folderChooser(page);
    await chooser.entry('taken-out').click();
    await expect.poll(() => chooser.choose.textContent()).toBe('Choose “taken-out”');
    await chooser.choose.click();
    await page.getByText(/^Extracted \d+ files/).waitFor();
    const config = readFileSync(join(folder, 'taken-out', 'steps', 'bootstrap.cfg'), 'utf8');
    expect(config).toBe(image.record.bootstrapCfg);
    expect(readdirSync(join(folder, 'taken-out'))).toEqual(['steps']);
  });

  it('accounts for every byte, and shows the one that was changed in the map', async () => {
    const page = await show(`show=verify&against=${checkout}`);
    const account = page.getByRole('button', { name: 'Account for every byte' });
    const report = page.getByRole('region', { name: 'Account of every byte' });
    await account.click();
    await report.getByText('Every byte is accounted for').waitFor();
    await screenshot(page, 'image-accounted');
    await page.getByRole('button', { name: 'As a script…' }).click();
    await page.getByRole('dialog').getByLabel('Script', { exact: true }).getByText('sha256sum').waitFor();
    await page.keyboard.press('Escape');

    // The first byte of bootstrap.cfg's neighbour, stage2: one bit.
    const file = await open(image.path, 'r+');
    await file.write(Buffer.from([0x23 ^ 0x10]), 0, 1, 600);
    await file.close();
    await account.click();
    await report.getByText('1 place is not what the sources say').waitFor();
    await report.getByRole('button', { name: 'Show byte 600 in the map' }).click();
    await expect.poll(() => imagePage(page).region.textContent()).toContain('stage2');
    await expect.poll(() => imagePage(page).hex.locator('.here').first().textContent()).toBe('33');
  });

  it.each([
    ['light', { colorScheme: 'light' }, ['Map', 'Contents', 'Account', 'Overview']],
    ['dark', { colorScheme: 'dark' }, ['Map', 'Account']],
  ] as const)('has no serious finding of axe: %s', async (name, options, tabs) => {
    const page = await show('show=map&at=512', options);
    const found: string[] = [];
    await imagePage(page).hex.waitFor();
    for (const tab of tabs) {
      await page.getByRole('tab', { name: tab }).click();
      await page.waitForLoadState('networkidle');
      await screenshot(page, `image-${tab.toLowerCase()}-${name}`);
      found.push(...(await seriousComplaints(page)).map((one) => `${tab}: ${one}`));
    }
    expect(found).toEqual([]);
  });

  it('fits into 900 × 600 without scrolling sideways', async () => {
    const page = await show('show=map&at=512', { viewport: { width: 900, height: 600 } });
    await imagePage(page).hex.waitFor();
    for (const tab of ['Map', 'Contents', 'Account', 'Overview']) {
      await page.getByRole('tab', { name: tab }).click();
      await screenshot(page, `image-${tab.toLowerCase()}-small`);
      expect(await sidewaysComplaints(page), tab).toEqual([]);
    }
  });
});
