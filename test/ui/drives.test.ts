// The Drives page with the real engine: drives of a stand-in that come and go, and (as root) a loop device that is written and read back.
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { askByCode } from '../../src/web/ask-by-code.ts';
import { chromiumMissing, screenshot, uiTitle, useBrowser } from '../support/browser.ts';
import { type DriveStandIn, standInDrives } from '../support/drive-stand-in.ts';
import { disk, mapped, nvme, part, ssd, stick } from '../support/drives-linux.ts';
import { type EngineHost, startEngineHost } from '../support/engine-host.ts';
import { drivesPage } from '../support/page-objects/drives-page.ts';
import { shell } from '../support/page-objects/shell.ts';
import { useTempFolders } from '../support/temp.ts';
import { seriousComplaints } from './axe.ts';

const SYSTEM = nvme('nvme0n1', 512, [
  part('nvme0n1p1', 0.5, { fs: 'vfat', at: ['/boot/efi'] }),
  part('nvme0n1p2', 510, { fs: 'crypto_LUKS' }, [
    mapped('dm-0', 510, 'crypt', 'root', { fs: 'ext4', at: ['/'] }),
  ]),
]);
const STICK = stick('sda', {}, { label: 'HOLIDAY', at: ['/media/ann/HOLIDAY'] });
const BACKUP = disk(
  'sdb',
  2000,
  { tran: 'usb', vendor: 'WD', model: 'Elements 25A2', serial: 'WX1', sys: 'usb1/2' },
  [part('sdb1', 1999, { fs: 'ext4', label: 'backup' })],
);

describe.skipIf(chromiumMissing() !== null)(uiTitle('drives'), () => {
  const tempFolder = useTempFolders();
  const pages = useBrowser();
  let stand: DriveStandIn;
  let host: EngineHost;
  beforeEach(async () => {
    stand = standInDrives([SYSTEM]);
    host = await startEngineHost(join(tempFolder(), 'data'), undefined, { driveSource: stand.source });
  });
  afterEach(() => host.close());

  it('tells what is there, live: nothing, a stick, a disk to be careful with, the system drive and why', async () => {
    const page = await pages.open(host.url);
    const drives = drivesPage(page);
    await shell(page).goTo('Drives');
    await drives.empty.waitFor();
    expect(await drives.refused.textContent()).toContain(
      'This computer runs from it: /dev/dm-0 is mounted at /',
    );
    await screenshot(page, 'drives-none');

    stand.set([SYSTEM, STICK]);
    await expect.poll(() => drives.free.count()).toBe(1);
    const card = drives.card('SanDisk Cruzer Blade');
    expect(await card.textContent()).toContain('/dev/sda1 will be unmounted from /media/ann/HOLIDAY.');
    expect(await card.getByRole('row', { name: /HOLIDAY/ }).count()).toBe(1);

    stand.set([SYSTEM, STICK, BACKUP, ssd('sdc', 256, [])]);
    await expect.poll(() => drives.free.count()).toBe(3);
    expect(await drives.card('Elements').textContent()).toContain('Elements 25A2 must be typed');
    await drives
      .card('Elements')
      .getByRole('button', { name: /More about it/ })
      .click();
    await screenshot(page, 'drives');
    expect(await seriousComplaints(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    await screenshot(page, 'drives-dark');
    expect(await seriousComplaints(page)).toEqual([]);

    stand.set([SYSTEM]);
    await drives.empty.waitFor();
  });

  it('keeps a drive from being written for good, and tells that this host writes none', async () => {
    stand.set([SYSTEM, BACKUP]);
    const page = await pages.open(host.url);
    const drives = drivesPage(page);
    await page.evaluate(() => (window.location.hash = '#/drives'));
    await page.getByText('seedbed serve --allow-drives').waitFor();
    expect(await page.getByRole('button', { name: /^Write an image to/ }).count()).toBe(0);
    await page.getByRole('button', { name: /^Never write this drive: WD Elements/ }).click();
    await drives.card('Elements').getByText('never written').waitFor();
    await expect.poll(() => drives.free.count()).toBe(0);
    await page.reload();
    await expect.poll(() => drives.refused.count()).toBe(2);
    await page.getByRole('button', { name: /^No longer protect it: WD Elements/ }).click();
    await expect.poll(() => drives.free.count()).toBe(1);
  });

  it('a name that would steer the terminal or turn text around is shown plainly', async () => {
    const name = 'Cruzer\u202eedalB\u001b[31m\u200b';
    stand.set([SYSTEM, stick('sda', { model: name })]);
    const page = await pages.open(host.url);
    await page.evaluate(() => (window.location.hash = '#/drives'));
    await page.getByRole('heading', { name: 'SanDisk CruzeredalB', exact: true }).waitFor();
  });
});

const canLoop = process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/dev/loop-control');

describe.skipIf(chromiumMissing() !== null || !canLoop)(
  uiTitle('writing a drive (needs Linux, root and loop devices)'),
  () => {
    const tempFolder = useTempFolders();
    const pages = useBrowser();

    it('chooses, shows what is erased, asks for the word and the host’s code, writes, reads back, and survives a reload', async () => {
      const folder = tempFolder();
      const file = join(folder, 'stick.img');
      writeFileSync(file, 'what was there before');
      truncateSync(file, 64 * 1024 * 1024);
      const loop = execFileSync('losetup', ['--find', '--show', file], { encoding: 'utf8' }).trim();
      onTestFinished(() => void execFileSync('losetup', ['--detach', loop]));
      const printed: string[] = [];
      const actions = { allowDrives: true, askBeforeFlash: askByCode((line) => printed.push(line)) };
      let wantedBytes = Buffer.alloc(0);
      const host = await startEngineHost(join(folder, 'data'), undefined, { actions });
      try {
        const context = { signal: new AbortController().signal, report: () => undefined };
        const image = await host.engine.images.buildIntoStore({ kind: 'boot-check' }, context);

        wantedBytes = readFileSync(image.path);
        const page = await pages.open(host.url);
        const drives = drivesPage(page);
        await shell(page).goTo('Drives');
        await page.getByRole('button', { name: new RegExp(`^Write an image to .*${loop}$`) }).click();
        await drives.choose('Image', /Machine check/);
        await drives.seeWhatHappens.click();
        const target = page.getByRole('group', { name: 'boot disk' });
        await target.waitFor();
        expect(await target.textContent()).toContain('is erased');
        await screenshot(page, 'flash-plan');
        expect(await seriousComplaints(page)).toEqual([]);
        const word = target.getByRole('textbox');
        if ((await word.count()) > 0) await word.fill(await wordOf(target.locator('label').textContent()));
        await drives.erase.click();
        await page.getByLabel('Code').waitFor();
        expect(readFileSync(file).subarray(0, 21).toString()).toBe('what was there before');
        const code = printed
          .map((line) => /code in the page: (\d+)/.exec(line)?.[1])
          .findLast((one) => one !== undefined);
        await page.getByLabel('Code').fill(code ?? '');
        await drives.erase.click();
        await page.getByText('Everything was read back and is equal to the image.').waitFor();
        await screenshot(page, 'flash-done');
        await page.reload();
        await page.getByText('Written and equal').waitFor();
        expect(await seriousComplaints(page)).toEqual([]);

        await drives.choose('Drive', new RegExp(loop));
        await drives.choose('Compare with', /^Written .* boot disk/);
        await page.getByRole('button', { name: 'Compare', exact: true }).click();
        const compared = page.getByRole('group', { name: 'What the comparison came to' });
        await compared.getByText('is equal to').waitFor();
        const device = openSync(loop, 'r+');
        writeSync(device, Buffer.from([1 + (wantedBytes[300] ?? 0)]), 0, 1, 300);
        fsyncSync(device);
        closeSync(device);
        await drives.choose('Compare with', /^The image above, boot disk/);
        await page.getByRole('button', { name: 'Compare', exact: true }).click();
        await compared.getByText('differs from').waitFor();
        expect(await compared.textContent()).toContain('the first at byte 300.');
        await compared.scrollIntoViewIfNeeded();
        await screenshot(page, 'flash-compared');
        expect(await seriousComplaints(page)).toEqual([]);
        await page.emulateMedia({ colorScheme: 'dark' });
        await screenshot(page, 'flash-compared-dark');
        expect(await seriousComplaints(page)).toEqual([]);
        wantedBytes[300] = 1 + (wantedBytes[300] ?? 0);
      } finally {
        await host.close();
      }
      const written = readFileSync(file);
      expect(wantedBytes.length).toBeGreaterThan(0);
      expect(written.subarray(0, wantedBytes.length).equals(wantedBytes)).toBe(true);
    });
  },
);

async function wordOf(label: Promise<string | null>): Promise<string> {
  return /: (.*)$/.exec((await label) ?? '')?.[1] ?? '';
}
