// A new image with the real engine: from a preset to its bytes, what hinders and what to know told before, every choice kept over a reload.
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { chromiumMissing, screenshot, uiTitle, useBrowser } from '../support/browser.ts';
import { makeCheckout } from '../support/checkout-fixture.ts';
import { type EngineHost, startEngineHost } from '../support/engine-host.ts';
import { folderChooser } from '../support/page-objects/folder-chooser.ts';
import { shell } from '../support/page-objects/shell.ts';
import { useTempFolders } from '../support/temp.ts';
import { seriousComplaints, sidewaysComplaints } from './axe.ts';

describe.skipIf(chromiumMissing() !== null)(uiTitle('a new image'), () => {
  const tempFolder = useTempFolders();
  const pages = useBrowser();
  let host: EngineHost;
  let checkout: string;
  beforeEach(async () => {
    const work = tempFolder();
    const { path } = await makeCheckout(work);
    host = await startEngineHost(join(work, 'data'), [work]);
    checkout = host.engine.places.mint(path).token;
  });
  afterEach(() => host.close());

  async function show(query: string, options = {}): Promise<Page> {
    const page = await pages.open(host.url, options);
    await page.evaluate((to) => (window.location.hash = to), `#/images/new?${query}`);
    await page.getByRole('radiogroup', { name: 'What the image is for' }).waitFor();
    return page;
  }

  it('is built from a preset chosen by keyboard, with options that a reload keeps', async () => {
    const page = await pages.open(host.url);
    await shell(page).goTo('Images');
    await page.getByRole('button', { name: 'New image…' }).click();
    await page.getByRole('radio', { name: /^Quick check/ }).focus();
    await page.keyboard.press('Space');
    await page.getByText('Nothing hinders it.').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.getByText('Choose a checkout first.').waitFor();
    await page.getByRole('button', { name: 'Choose folder…' }).first().click();
    const chooser = folderChooser(page);
    await chooser.entry('checkout').click();
    await expect.poll(() => chooser.choose.textContent()).toBe('Choose “checkout”');
    await chooser.choose.click();
    await page.getByText(/^Nothing hinders it/).waitFor();

    await page.getByRole('button', { name: /^More options/ }).click();
    await page.getByRole('textbox', { name: 'Processors (cores)' }).fill('7');
    await page.keyboard.press('Tab');
    await page.getByRole('switch', { name: /^Fixed timestamps/ }).press('Space');
    await expect.poll(() => decodeURIComponent(page.url())).toContain('"forceTimestamps":true');
    await page.reload();
    await page.getByRole('button', { name: /^More options changed/ }).waitFor();
    await page.getByRole('button', { name: 'Build the image' }).click();
    await page.getByText('The bytes are the ones that the record names').waitFor();
    const [image] = await host.engine.images.list();
    expect(image?.record.configuration).toMatchObject({ cores: 7, forceTimestamps: true });
    expect(image?.record.goal).toBe('stage0');
  });

  it('is not built while something hinders: each is told with what to do', async () => {
    const page = await show(`preset=bare-metal&checkout=${checkout}`);
    const build = page.getByRole('button', { name: 'Build the image' });
    const findings = page.getByRole('list', { name: 'Findings' });
    await findings.getByText('DISK=').first().waitFor();
    expect(await build.isDisabled()).toBe(true);
    await page.getByRole('list', { name: 'Missing distfiles' }).getByText('alpha-1.0.tar.gz').waitFor();
    expect(await findings.textContent()).toContain('on the Sources page');
    await page.getByRole('textbox', { name: /^Disk of the new system/ }).fill('sdb');
    await findings.getByText('the distfiles on the external disk would be gone').waitFor();
    await page.getByRole('textbox', { name: /^Disk of the new system/ }).fill('sdb1');
    await findings.getByText('DISK=').first().waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: /^Overlays/ }).click();
    await page.getByRole('switch', { name: /^Go on without the Internet/ }).press('Space');
    await findings.getByText('asks example.com').waitFor();
    expect(await build.isDisabled()).toBe(true);
  });

  it.each([
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
  ] as const)('has no serious finding of axe: %s', async (name, options) => {
    const page = await show(`preset=bare-metal&checkout=${checkout}`, options);
    await page.getByRole('list', { name: 'Findings' }).waitFor();
    await page.getByRole('button', { name: /^More options/ }).click();
    await page.getByRole('button', { name: /^Overlays/ }).click();
    await screenshot(page, `new-image-${name}`);
    expect(await seriousComplaints(page)).toEqual([]);
    await page.setViewportSize({ width: 900, height: 600 });
    expect(await sidewaysComplaints(page)).toEqual([]);
  });
});
