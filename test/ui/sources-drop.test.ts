// Real files and folders dropped on the Sources page of both hosts, with the real engine: what is wanted by its hash is taken, nothing else.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { chromiumMissing, screenshot, uiTitle, useBrowser } from '../support/browser.ts';
import { makeCheckout, sha256 } from '../support/checkout-fixture.ts';
import { bytesOf } from '../support/distfile-fixtures.ts';
import { dropFiles } from '../support/drop-files.ts';
import { openProgramPage } from '../support/electron-stand-in/open-page.ts';
import { usePrograms, windowShown } from '../support/electron-stand-in/use-programs.ts';
import { startEngineHost } from '../support/engine-host.ts';
import { shell } from '../support/page-objects/shell.ts';
import { sourcesPage } from '../support/page-objects/sources-page.ts';
import { folderChooser } from '../support/page-objects/folder-chooser.ts';
import { useTempFolders } from '../support/temp.ts';

const start = usePrograms();

describe.skipIf(chromiumMissing() !== null)(uiTitle('what is dropped on the Sources page'), () => {
  const tempFolder = useTempFolders();
  const pages = useBrowser();
  const FILES = new Map([
    ['alpha-1.0.tar.gz', bytesOf('alpha', 1_000_000)],
    ['beta-2.0.tar.xz', bytesOf('beta', 5000)],
    ['gamma-3.0.tar.xz', bytesOf('gamma', 5000)],
  ]);
  const bytes = (name: string): Buffer => FILES.get(name) ?? Buffer.alloc(0);
  let work: string;
  let stick: string;
  beforeEach(async () => {
    work = tempFolder();
    stick = join(work, 'usb-stick');
    mkdirSync(join(stick, 'deep', 'deeper'), { recursive: true });
    const sources = [...FILES].map(([name, one]) => `f http://localhost:1/${name} ${sha256(one)}\n`).join('');
    await makeCheckout(work, {
      distfiles: new Map(),
      edit: (checkout) => {
        checkout.set('steps/alpha-1.0/sources', sources);
        checkout.delete('steps/late-3.0/sources');
      },
    });
    writeFileSync(join(stick, 'deep', 'deeper', 'download (1)'), bytes('alpha-1.0.tar.gz'));
    writeFileSync(join(stick, 'gamma-3.0.tar.xz'), 'other bytes under the right name');
    writeFileSync(join(stick, 'unrelated.iso'), bytesOf('unrelated', 900_000));
    writeFileSync(join(work, 'loose'), bytes('beta-2.0.tar.xz'));
  });

  function stored(home: string): string[] {
    return readdirSync(join(home, 'distfiles', 'sha256')).sort();
  }
  const EXPECTED = ['alpha-1.0.tar.gz', 'beta-2.0.tar.xz'].map((name) => sha256(bytes(name))).sort();

  async function dropAll(page: Page): Promise<void> {
    const sources = sourcesPage(page);
    await sources.row('alpha-1.0.tar.gz').getByText('Missing').waitFor();
    await dropFiles(page, [stick, join(work, 'loose')]);
    await sources.result.getByText('Imported').waitFor();
    // What it came to is asked for when the job has ended.
    await expect.poll(() => sources.result.textContent()).toContain('2 files added');
    const text = await sources.result.textContent();
    expect(text).toContain('1 of 3 still missing');
    expect(text).toContain('gamma-3.0.tar.xz');
    await sources.row('alpha-1.0.tar.gz').getByText('Here').waitFor();
    await sources.row('gamma-3.0.tar.xz').getByText('Missing').waitFor();
  }

  describe('in the browser host', () => {
    let host: Awaited<ReturnType<typeof startEngineHost>>;
    beforeEach(async () => {
      host = await startEngineHost(join(work, 'data'), [work]);
    });
    afterEach(() => host.close());

    it('comes over as bytes, folders included, and only what is wanted is kept', async () => {
      const page = await pages.open(host.url);
      await shell(page).goTo('Sources');
      // Without a checkout nothing is known to be wanted; and no drop ever replaces the page.
      await dropFiles(page, [stick]);
      await page.getByRole('alert').getByText('Choose a checkout first').waitFor();
      await page.getByRole('button', { name: 'Use a folder of mine…' }).click();
      await expect.poll(() => folderChooser(page).choose.textContent()).toBe('Choose “checkout”');
      await folderChooser(page).choose.click();
      await sourcesPage(page).table.waitFor();
      await dropFiles(page, [stick], { hold: true });
      await page.getByText('Drop files or folders').waitFor();
      await screenshot(page, 'sources-drag-over');
      await dropAll(page);
      await screenshot(page, 'sources-dropped');
      await sourcesPage(page)
        .row('alpha-1.0.tar.gz')
        .getByText('usb-stick/deep/deeper/download (1)')
        .waitFor();
      expect(stored(join(work, 'data'))).toEqual(EXPECTED);
      await shell(page).goTo('Home');
      await dropFiles(page, [stick]);
      expect(page.url()).toContain(host.url.split('#')[0]);
    });
  });

  it('comes over as places in the window: the host reads them itself', async () => {
    const home = join(work, 'window');
    mkdirSync(home);
    const program = start({ home });
    await windowShown(program);
    const page = await pages.open('about:blank');
    await openProgramPage(page, program);
    await shell(page).goTo('Sources');
    await program.act.answerDialog([join(work, 'checkout')]);
    await page.getByRole('button', { name: 'Use a folder of mine…' }).click();
    await page.evaluate((paths) => Object.assign(window, { seedbedTestPaths: paths }), {
      'usb-stick': stick,
      loose: join(work, 'loose'),
    });
    await dropAll(page);
    await sourcesPage(page)
      .row('alpha-1.0.tar.gz')
      .getByText(join(stick, 'deep', 'deeper'))
      .waitFor();
    expect(stored(home)).toEqual(EXPECTED);
  });
});
