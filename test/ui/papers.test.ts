// Papers on the page: the checklist of an image, what somebody typed off a screen, and trust reports; in light and dark, without serious complaints of axe.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { chromiumMissing, screenshot, uiTitle, useBrowser } from '../support/browser.ts';
import { bannedWordsIn } from '../support/banned-words.ts';
import { type EngineHost, startEngineHost } from '../support/engine-host.ts';
import { scriptedReport, scriptedRun, scriptedVerdict } from '../support/scripted-data.ts';
import { useTempFolders } from '../support/temp.ts';
import { seriousComplaints } from './axe.ts';

const RUN = '20261120-1322-k3f9';

describe.skipIf(chromiumMissing() !== null)(uiTitle('papers'), () => {
  const pages = useBrowser();
  const tempFolder = useTempFolders();
  let host: EngineHost;
  let image: string;
  beforeEach(async () => {
    const root = tempFolder();
    const record = scriptedRun(RUN, {
      goal: 'stage0',
      state: 'ended',
      endedAt: '2026-11-20T14:00:00.000Z',
      verdict: scriptedVerdict(),
      report: scriptedReport({ answers: { ok: 19, failed: 0 } }),
      process: null,
    });
    mkdirSync(join(root, 'runs', RUN), { recursive: true });
    writeFileSync(join(root, 'runs', RUN, 'run.json'), JSON.stringify(record));
    writeFileSync(join(root, 'runs', RUN, 'serial.log'), 'x\n');
    host = await startEngineHost(root);
    image = (await host.engine.images.buildIntoStore({ kind: 'boot-check' })).id;
  });
  afterEach(() => host.close());

  async function open(hash: string): Promise<Page> {
    const page = await pages.open(host.url);
    await page.evaluate((to) => (window.location.hash = to), hash);
    return page;
  }

  async function looks(page: Page, name: string): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await seriousComplaints(page)).toEqual([]);
      await screenshot(page, `${name}-${colorScheme}`);
    }
    expect(bannedWordsIn((await page.locator('main').textContent()) ?? '')).toEqual([]);
  }

  it('has a checklist for an image, which follows the drives that are named and prints without the rail', async () => {
    const page = await open(`#/images/${image}`);
    await page.getByRole('link', { name: 'Checklist for a real machine' }).click();
    const paper = page.getByRole('article', { name: 'Checklist: the boot check on a real machine' });
    await paper.getByText('Switch legacy boot on').waitFor();
    await looks(page, 'checklist');
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByRole('navigation', { name: 'Main' }).isVisible()).toBe(false);
    expect(await paper.isVisible()).toBe(true);
    expect(await page.getByRole('button', { name: /Print/ }).isVisible()).toBe(false);
    await screenshot(page, 'checklist-print');
    await page.emulateMedia({ media: 'screen' });
    await page.getByRole('button', { name: 'Flash the boot check first' }).click();
    await page.getByRole('heading', { name: 'Write an image to a drive' }).waitFor();
    expect(new URL(page.url()).hash).toBe(`#/drives/flash?image=${image}`);
  });

  it('explains what was typed, keeps it over a reload, and puts slips right', async () => {
    const page = await open('#/explain');
    await page.getByRole('link', { name: 'Type what a screen said' }).click();
    await page
      .getByLabel('The screen')
      .fill('memory: 5ll MiB contigous from 1 MiB\nverdict: failed memory-shrot');
    await page.getByRole('button', { name: 'Explain' }).click();
    const words = page.getByRole('region', { name: 'Explanation' });
    await words.getByText('too little memory in one piece').waitFor();
    await page.reload();
    await words.getByText('too little memory in one piece').waitFor();
    const points = page.getByRole('region', { name: 'Point by point' });
    expect(await points.textContent()).toContain('Memory in one piece ends at 512 MiB');
    expect(await points.textContent()).toContain('verdict: failed memory-short');
    await looks(page, 'typed-screen');
  });

  it('has a trust report of a run, with seven sections and a script to keep', async () => {
    const page = await open(`#/runs/${RUN}`);
    await page.getByRole('link', { name: 'Trust report' }).click();
    const paper = page.getByRole('article', { name: 'Trust report' });
    await paper.getByText('Its machine said of 19 stage0 tools').waitFor();
    expect(await paper.getByRole('heading').allTextContents()).toEqual([
      '1. What is claimed',
      '2. Verified here',
      '3. Corroborated',
      '4. Taken on faith',
      '5. Not checked',
      '6. Deviations',
      '7. How to do it again without Seedbed',
    ]);
    const table = page.getByRole('table', { name: 'What this run rests on, by its own command line' });
    expect(await table.getByRole('row').count()).toBeGreaterThan(6);
    await looks(page, 'trust-run');
    const waiting = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save verify.sh' }).click();
    expect((await waiting).suggestedFilename()).toBe('verify.sh');
  });

  it('has a trust report of an image', async () => {
    const page = await open(`#/images/${image}`);
    await page.getByRole('link', { name: 'Trust report' }).click();
    await page
      .getByRole('article', { name: 'Trust report' })
      .getByText('whoever builds the same inputs')
      .waitFor();
  });

  it('offers to listen to a real machine, and says when this computer has no port', async () => {
    const page = await open('#/runs');
    await page.getByRole('button', { name: 'Listen to a real machine…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Listen to a real machine' });
    await dialog.getByText(/null-modem cable/).waitFor();
    const none = dialog.getByText('This computer shows no serial port');
    const some = dialog.getByRole('button', { name: /Serial port/ });
    await none.or(some).waitFor();
    // What this test machine has decides which of the two it is.
    expect(await dialog.getByRole('button', { name: 'Listen', exact: true }).isDisabled()).toBe(
      await none.isVisible(),
    );
    await looks(page, 'listen');
  });
});
