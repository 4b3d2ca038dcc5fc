// The Sources page against the real engine: a tiny checkout, a server that misbehaves, the store on disk, an import that fills the gap.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chromiumMissing, screenshot, uiTitle, useBrowser } from '../support/browser.ts';
import { makeCheckout, sha256 } from '../support/checkout-fixture.ts';
import { ALONE, bytesOf } from '../support/distfile-fixtures.ts';
import { type EngineHost, startEngineHost } from '../support/engine-host.ts';
import { type MisbehavingServer, useMisbehavingServers } from '../support/misbehaving-server.ts';
import { folderChooser } from '../support/page-objects/folder-chooser.ts';
import { shell } from '../support/page-objects/shell.ts';
import { sourcesPage } from '../support/page-objects/sources-page.ts';
import { useTempFolders } from '../support/temp.ts';

describe.skipIf(chromiumMissing() !== null)(uiTitle('sources, with the real engine'), () => {
  const tempFolder = useTempFolders();
  const startServer = useMisbehavingServers();
  const pages = useBrowser();
  const files = new Map([
    ['alpha-1.0.tar.gz', bytesOf('alpha', 300_000)],
    ['gone-2.0.tar.xz', bytesOf('gone', 5000)],
    ['wrong-3.0.tar.xz', bytesOf('wrong', 5000)],
  ]);
  let host: EngineHost;
  let server: MisbehavingServer;
  let work: string;
  let stick: string;
  beforeEach(async () => {
    work = tempFolder();
    stick = join(work, 'usb-stick');
    mkdirSync(stick);
    server = await startServer({
      files,
      behave: (name, nth) => {
        if (name.startsWith('gone')) return { kind: 'status', status: 404 };
        if (name.startsWith('wrong')) return { kind: 'wrong', bytes: Buffer.from('something else') };
        return nth === 1 ? { kind: 'cut', afterBytes: 100_000 } : undefined;
      },
    });
    const sources = [...files].map(([name, bytes]) => `f ${server.url}/${name} ${sha256(bytes)}\n`).join('');
    await makeCheckout(work, {
      distfiles: new Map(),
      edit: (checkout) => {
        checkout.set('steps/alpha-1.0/sources', sources);
        checkout.delete('steps/late-3.0/sources');
      },
    });
    host = await startEngineHost(join(work, 'data'), [work]);
    await host.engine.settings.change(ALONE);
  });
  afterEach(() => host.close());

  it('fetches what can be had, names why the rest is missing, and takes it from a folder under any name', async () => {
    const page = await pages.open(host.url);
    const sources = sourcesPage(page);
    const chooser = folderChooser(page);
    await shell(page).goTo('Sources');
    await page.getByRole('button', { name: 'Use a folder of mine…' }).click();
    await expect.poll(() => chooser.choose.textContent()).toBe('Choose “checkout”');
    await chooser.choose.click();
    await sources.row('alpha-1.0.tar.gz').getByText('Missing').waitFor();

    await sources.fetchAll.click();
    await sources.result.waitFor({ timeout: 60_000 });
    expect(await sources.result.textContent()).toContain('1 file added, 293.0 KiB · 2 of 3 still missing.');
    await sources.row('alpha-1.0.tar.gz').getByText('Here').waitFor();
    await sources.row('gone-2.0.tar.xz').getByText('Failed').waitFor();
    const stored = join(work, 'data', 'distfiles', 'sha256');
    expect(readdirSync(stored).filter((name) => /^[0-9a-f]{64}$/.test(name))).toEqual([
      sha256(files.get('alpha-1.0.tar.gz') ?? ''),
    ]);

    await sources.row('wrong-3.0.tar.xz').click();
    await sources.details
      .getByText(/gave other bytes/)
      .first()
      .waitFor();
    expect(await sources.details.textContent()).toContain(sha256('something else'));
    await screenshot(page, 'sources-engine-wrong');
    await page.keyboard.press('Escape');

    // The same bytes under other names, on a stick.
    writeFileSync(join(stick, 'download (1)'), files.get('gone-2.0.tar.xz') ?? '');
    writeFileSync(join(stick, 'x.bin'), files.get('wrong-3.0.tar.xz') ?? '');
    await sources.missing.getByRole('button', { name: 'Import a folder…' }).click();
    await chooser.entry('usb-stick').click();
    await expect.poll(() => chooser.choose.textContent()).toBe('Choose “usb-stick”');
    await chooser.choose.click();
    await sources.result
      .getByText('2 files added, 9.8 KiB · 1 was here already · all 3 are here now.')
      .waitFor();
    await sources.row('gone-2.0.tar.xz').getByText('download (1)').waitFor();
    expect(await sources.missing.count()).toBe(0);
    await screenshot(page, 'sources-engine-complete');

    mkdirSync(join(work, 'exported'));
    await sources.more('Export to a folder…');
    await chooser.entry('exported').click();
    await expect.poll(() => chooser.choose.textContent()).toBe('Choose “exported”');
    await chooser.choose.click();
    await sources.result.getByText('Written to the folder').waitFor();
    for (const name of files.keys()) expect(existsSync(join(work, 'exported', name)), name).toBe(true);

    await page.reload();
    await sources.row('alpha-1.0.tar.gz').getByText('Here').waitFor();
    await sources.more('Verify the stored files');
    await sources.result.getByText(/^Every stored file is what its hash says: 3 files/).waitFor();
  });
});
