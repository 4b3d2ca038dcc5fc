// A bootstrap from a checkout: chosen by keyboard alone, checked, refused with a reason, kept over a reload. Real engine, tiny checkout.
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chromiumMissing, screenshot, uiTitle, useBrowser } from '../support/browser.ts';
import { makeCheckout } from '../support/checkout-fixture.ts';
import { type EngineHost, startEngineHost } from '../support/engine-host.ts';
import { folderChooser } from '../support/page-objects/folder-chooser.ts';
import { homePage } from '../support/page-objects/home-page.ts';
import { runView } from '../support/page-objects/run-view.ts';
import { shell } from '../support/page-objects/shell.ts';
import { qemuMissing, qemuTitle } from '../support/qemu.ts';
import { useTempFolders } from '../support/temp.ts';

/** Probing KVM, building and starting, on a busy machine. */
const RUN_MS = 90_000;

describe.skipIf(chromiumMissing() !== null)(uiTitle('bootstrapping from a checkout'), () => {
  const tempFolder = useTempFolders();
  const pages = useBrowser();
  let host: EngineHost;
  let work: string;
  beforeEach(async () => {
    work = tempFolder();
    mkdirSync(join(work, 'empty'));
    await makeCheckout(work);
    host = await startEngineHost(join(work, 'data'), [work]);
  });
  afterEach(() => host.close());

  it('chooses a checkout by keyboard alone, shows what is in it, and builds its image', async () => {
    const page = await pages.open(host.url);
    await homePage(page).stage0.focus();
    await page.keyboard.press('Enter');
    const choose = page.getByRole('button', { name: 'Choose folder…' });
    await choose.focus();
    await page.keyboard.press('Enter');
    const chooser = folderChooser(page);
    await expect.poll(() => chooser.path.textContent()).toBe(work);
    await chooser.entry('checkout').waitFor();
    await screenshot(page, 'chooser');

    // Into a folder and up again, then to the checkout by its first letters.
    await page.keyboard.type('dist');
    await page.keyboard.press('Enter');
    await expect.poll(() => chooser.path.textContent()).toBe(join(work, 'distfiles'));
    await page.keyboard.press('Backspace');
    await expect.poll(() => chooser.path.textContent()).toBe(work);
    await chooser.entry('checkout').waitFor();
    await page.keyboard.type('check');
    await page.keyboard.press('Space');
    await expect.poll(() => chooser.choose.textContent()).toBe('Choose “checkout”');
    await chooser.choose.focus();
    await page.keyboard.press('Enter');
    await chooser.dialog.waitFor({ state: 'hidden' });

    const card = page.getByRole('region', { name: 'What is in the checkout' });
    await card.waitFor();
    expect(await card.textContent()).toContain('Submodules');
    await screenshot(page, 'bootstrap-stage0');
    await page.reload();
    await card.waitFor();

    await page.getByRole('button', { name: 'Only build the image' }).click();
    await page.waitForURL(/#\/images\//, { timeout: 30_000 });
    await page.getByText('The bytes are the ones that the record names').waitFor();
    expect(await shell(page).heading.textContent()).toBe('First stage image');
    await screenshot(page, 'image-stage0');
  });

  it('shows the machine as it is fitted to this computer, and why', async () => {
    const page = await pages.open(host.url);
    await page.evaluate(() => (window.location.hash = '#/bootstrap/end'));
    await page.getByRole('button', { name: /^Options/ }).click();
    const memory = page.getByRole('textbox', { name: 'Memory' });
    const said = await page
      .getByText(/fitted to this computer: \d+/)
      .first()
      .textContent();
    expect(said).toContain(` ${(await memory.inputValue()).replaceAll(/\D/g, '')}.`);
    await page.getByText(/^\d+ MiB of memory/).waitFor();
    await screenshot(page, 'bootstrap-fitted');
  });

  it('writes the image into a folder of the user’s, and never over a file that is there', async () => {
    const checkout = host.engine.places.mint(join(work, 'checkout')).token;
    const page = await pages.open(host.url);
    await page.evaluate((token) => (window.location.hash = `#/bootstrap/stage0?checkout=${token}`), checkout);
    await page.getByRole('button', { name: /^Image/ }).click();
    const folder = page.getByRole('group', { name: 'Write the image to' });
    await folder.getByRole('button', { name: 'Choose folder…' }).click();
    const chooser = folderChooser(page);
    await chooser.entry('empty').click();
    await chooser.choose.click();
    await page.getByRole('textbox', { name: 'File name' }).fill('mine.img');
    await screenshot(page, 'bootstrap-image-options');
    await page.getByRole('button', { name: 'Only build the image' }).click();
    await page.getByText('Done', { exact: true }).waitFor();
    expect(readdirSync(join(work, 'empty')).sort()).toEqual(['mine.img', 'mine.img.image.json']);

    await page.goBack();
    await page.getByRole('button', { name: 'Only build the image' }).click();
    await shell(page).errorCard.waitFor();
    expect(await shell(page).errorCard.textContent()).toContain('IMAGE_EXISTS');
  });

  it.skipIf(qemuMissing() !== null)(
    qemuTitle('runs its image, survives a reload in the middle, and is stopped by its user'),
    async () => {
      // The boot sector of this checkout halts: a machine that runs until somebody stops it.
      const checkout = host.engine.places.mint(join(work, 'checkout')).token;
      const page = await pages.open(host.url);
      const view = runView(page);
      await page.evaluate(
        (to) => (window.location.hash = to),
        `#/bootstrap/stage0?checkout=${checkout}&memory=3072`,
      );
      await page.getByRole('button', { name: 'Build the image and run it' }).click();
      await page.waitForURL(/#\/runs\//, { timeout: RUN_MS });
      await expect.poll(() => view.badge.textContent(), { timeout: RUN_MS }).toBe('Running');
      await expect.poll(() => view.visibleText()).toContain('Booting from Hard Disk');
      const url = page.url();
      await page.reload();
      await expect.poll(() => view.visibleText()).toContain('Booting from Hard Disk');
      expect(await view.badge.textContent()).toBe('Running');
      expect(page.url()).toBe(url);

      await view.stop.click();
      await view.confirmStop.click();
      await expect.poll(() => view.badge.textContent(), { timeout: 30_000 }).toBe('Stopped');
      expect(await view.stop.isVisible()).toBe(false);
      await shell(page).goTo('Runs');
      await page.getByRole('button', { name: /^Remove the run of/ }).click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Remove the run' }).click();
      await page.getByText('No runs yet').waitFor();
    },
  );

  it('bootstraps with one press: the stages say what was there, and which one failed for want of what', async () => {
    await host.engine.settings.change({
      distfiles: { mirrors: false, upstream: false, archives: [], git: false },
    });
    const checkout = host.engine.places.mint(join(work, 'checkout')).token;
    const page = await pages.open(host.url);
    await page.evaluate((token) => (window.location.hash = `#/bootstrap/end?checkout=${token}`), checkout);
    await page.getByRole('button', { name: 'Bootstrap', exact: true }).click();
    await page.waitForURL(/#\/jobs\//, { timeout: 30_000 });
    const stages = page.getByRole('list', { name: 'Stages' });
    await stages.getByText('Failed').waitFor();
    const words = (await stages.getByRole('listitem').allTextContents()).map((text) => text.slice(0, 40));
    expect(words[0]).toMatch(/^Was there.*live-bootstrap/);
    expect(words.slice(1)).toEqual(['FailedDistfiles', 'WaitingDisks', 'WaitingRun']);
    expect(await shell(page).errorCard.textContent()).toContain('DISTFILES_INCOMPLETE');
    await page.reload();
    await stages.getByText('Failed').waitFor();
    await screenshot(page, 'bootstrap-stages');
  });

  it('says why a folder is no checkout, and what to do', async () => {
    const page = await pages.open(host.url);
    await homePage(page).stage0.click();
    await page.getByRole('button', { name: 'Choose folder…' }).click();
    const chooser = folderChooser(page);
    await chooser.entry('empty').click();
    await chooser.choose.click();
    const card = shell(page).errorCard;
    await card.waitFor();
    expect(await card.textContent()).toContain('is not a live-bootstrap checkout');
    expect(await card.textContent()).toContain('CHECKOUT_INVALID');
    expect(await card.textContent()).toContain('let Seedbed fetch live-bootstrap');
    await screenshot(page, 'bootstrap-no-checkout');
    await card.getByRole('button', { name: 'Copy details of this error' }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('error[CHECKOUT_INVALID]:');
  });
});
