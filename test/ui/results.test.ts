// The page of results: read once, accounted for in words, filtered, compared, and kept in the address.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chromiumMissing, screenshot, uiTitle, useBrowser } from '../support/browser.ts';
import { runView } from '../support/page-objects/run-view.ts';
import { scriptedRun, scriptedVerdict } from '../support/scripted-data.ts';
import { type ScriptedHost, startScriptedHost } from '../support/scripted-host.ts';

describe.skipIf(chromiumMissing() !== null)(uiTitle('the results of a run'), () => {
  const pages = useBrowser();
  let host: ScriptedHost;
  beforeEach(async () => {
    host = await startScriptedHost();
    const ended = { goal: 'end', state: 'ended', endedAt: '2026-11-20T14:00:00.000Z' } as const;
    for (const id of ['one', 'two'])
      host.addRun(scriptedRun(id, { ...ended, verdict: scriptedVerdict({ goal: 'end' }) }));
  });
  afterEach(() => host.close());

  it('leads from the run to its results, says what is wrong, and compares', async () => {
    const page = await pages.open(host.url);
    await page.evaluate(() => (window.location.hash = '#/runs/one'));
    await runView(page).state.waitFor();
    await page.getByRole('link', { name: 'Results' }).click();
    await page.getByRole('button', { name: 'Read the results' }).click();
    const words = page.getByRole('region', { name: 'In a sentence' });
    expect(await words.textContent()).toContain('1 of 4 expected outputs is different or missing.');
    const table = page.getByRole('grid', { name: 'Expected outputs' });
    expect(await table.getByRole('row').count()).toBe(5);
    await page.getByRole('radio', { name: /Different or missing/ }).click();
    await expect.poll(() => table.getByRole('row').count()).toBe(2);
    expect(await table.textContent()).toContain('gettext-0.26_0.tar.bz2is abababab');

    await page.getByRole('button', { name: /Other run/ }).click();
    await page.getByRole('option', { name: /Full bootstrap/ }).click();
    const compared = page.getByText('The inputs are the same: 2 outputs are the same, 1 differs');
    await compared.waitFor();
    await screenshot(page, 'results');
    await page.reload();
    await compared.waitFor();
    await expect.poll(() => table.getByRole('row').count()).toBe(2);

    await page.getByRole('button', { name: 'Use the finished system…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Use the finished system' });
    expect(await dialog.textContent()).toContain('qemu-system-x86_64 -kernel vmlinuz');
  });

  it('has no results of a boot check', async () => {
    host.addRun(scriptedRun('check', { goal: 'boot-check', state: 'ended', verdict: scriptedVerdict() }));
    const page = await pages.open(host.url);
    await page.evaluate(() => (window.location.hash = '#/runs/check'));
    await runView(page).state.waitFor();
    expect(await page.getByRole('link', { name: 'Results' }).count()).toBe(0);
  });
});
