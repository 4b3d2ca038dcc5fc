// A whole run of the boot check, driven by the page alone against the real engine and the real QEMU (issue 2, Show 4).
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chromiumMissing, screenshot, uiTitle, useBrowser } from '../support/browser.ts';
import { type EngineHost, startEngineHost } from '../support/engine-host.ts';
import { homePage } from '../support/page-objects/home-page.ts';
import { runView } from '../support/page-objects/run-view.ts';
import { shell } from '../support/page-objects/shell.ts';
import { qemuMissing, qemuTitle } from '../support/qemu.ts';
import { useTempFolders } from '../support/temp.ts';

/** Probing KVM, building the image and booting, on a busy machine. */
const RUN_MS = 90_000;

describe.skipIf(chromiumMissing() !== null || qemuMissing() !== null)(
  qemuTitle(uiTitle('the machine check, from the one button to its verdict')),
  () => {
    const tempFolder = useTempFolders();
    const pages = useBrowser();
    let host: EngineHost;
    beforeEach(async () => {
      host = await startEngineHost(tempFolder());
    });
    afterEach(() => host.close());

    it('boots, shows milestones and console, ends passed, and loses nothing in reloads', async () => {
      const page = await pages.open(host.url);
      await screenshot(page, 'home-empty');
      await homePage(page).checkMachine.click();
      // The job that builds and starts: a reload comes back to it, and it leads to the run.
      await page.reload();
      await page.waitForURL(/#\/runs\//, { timeout: RUN_MS });
      await page.reload();

      const view = runView(page);
      await expect.poll(() => view.badge.textContent(), { timeout: RUN_MS }).toBe('Passed');
      const url = page.url();
      expect(await view.sentence.textContent()).toMatch(/boot check/i);
      expect(await view.milestones.getByRole('row').count()).toBeGreaterThan(2);
      await expect.poll(() => view.visibleText()).toContain('verdict: passed');
      await screenshot(page, 'run-passed');

      await page.reload();
      expect(page.url()).toBe(url);
      await expect.poll(() => view.badge.textContent()).toBe('Passed');
      await expect.poll(() => view.visibleText()).toContain('verdict: passed');

      const first = view.milestones.getByRole('row').first();
      const label = await first.textContent();
      await first.focus();
      await page.keyboard.press('Enter');
      await expect.poll(() => view.followState.textContent()).toContain('Paused');
      expect(label).not.toBe('');

      await shell(page).goTo('Home');
      await homePage(page)
        .lastRuns.getByRole('link', { name: /Machine check/ })
        .waitFor();
      await screenshot(page, 'home-one-run');
      await shell(page).goTo('Images');
      await page.getByRole('link', { name: 'Machine check image' }).click();
      await page.getByText('The bytes are the ones that the record names').waitFor();
      await screenshot(page, 'image-boot-check');
    });
  },
);
