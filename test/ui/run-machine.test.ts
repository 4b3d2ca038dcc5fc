// The run view as the place where a long run is watched and handled: timeline and log lead to each other, the machine can be held and typed to.
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chromiumMissing, screenshot, uiTitle, useBrowser } from '../support/browser.ts';
import { runView } from '../support/page-objects/run-view.ts';
import { scriptedReport, scriptedRun } from '../support/scripted-data.ts';
import { type ScriptedHost, startScriptedHost } from '../support/scripted-host.ts';
import { scriptedLog } from '../support/scripted-log.ts';
import { scriptedTimeline } from '../support/scripted-timeline.ts';

const lines = (word: string): string => Array.from({ length: 1500 }, (_, at) => `${word} ${at}\r\n`).join('');
const LOADED = lines('src');
const MES = lines('mes');
const TCC = lines('tcc');
const [MES_AT, TCC_AT] = [LOADED.length, LOADED.length + MES.length];

describe.skipIf(chromiumMissing() !== null)(uiTitle('the machine of a run'), () => {
  const pages = useBrowser();
  let host: ScriptedHost;
  beforeEach(async () => {
    host = await startScriptedHost();
  });
  afterEach(() => host.close());

  async function open(change: Parameters<ScriptedHost['addRun']>[1] = {}): Promise<Page> {
    host.timelines.set('long', scriptedTimeline(MES_AT, TCC_AT));
    const machine = { ...scriptedRun('x').machine, checkpoints: true };
    host.addRun(scriptedRun('long', { goal: 'end', machine }), change, scriptedLog(LOADED + MES + TCC));
    const page = await pages.open(host.url);
    await page.evaluate(() => (window.location.hash = '#/runs/long'));
    await runView(page).state.waitFor();
    return page;
  }

  it('a step of the timeline leads to its place in the log, and the log marks its step', async () => {
    const page = await open();
    const view = runView(page);
    await expect.poll(() => view.visibleText()).toContain('tcc 1499');
    const running = page.getByRole('button', { name: /running: ?tcc-0.9.26/ });
    expect(await running.textContent()).toContain('compiling · 21 min 0 s · slower than usual');
    expect(await page.getByText('fiwix-1.5.0').count()).toBe(1);
    expect(await page.getByText('bash-2.05b').count()).toBe(0);
    await page.getByRole('button', { name: /Packages under Fiwix/ }).click();
    expect(await page.getByText('bash-2.05b').count()).toBe(1);

    await page.getByRole('button', { name: /mes-0.27.1/ }).click();
    await expect.poll(() => view.visibleText()).toContain('mes 0');
    const marked = page.locator('.steps [aria-current]');
    await expect.poll(() => marked.textContent()).toContain('mes-0.27.1');
    await view.log.locator('.xterm-screen').click();
    for (let press = 0; press < 400 && !(await marked.textContent())?.includes('tcc'); press += 1)
      await page.keyboard.press('PageDown');
    expect(await view.visibleText()).toMatch(/mes 14|tcc \d/);
    await page.getByRole('button', { name: 'Follow' }).click();
    await expect.poll(() => marked.count()).toBe(0);
  });

  it('holds the machine, says so, and lets it go on', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    const notice = page.getByRole('region', { name: 'The machine stands still' });
    expect(await notice.textContent()).toContain('The machine is paused.');
    await page.getByRole('button', { name: 'Go on', exact: true }).click();
    await notice.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Machine', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Save a checkpoint…' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('before the kernel');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Machine', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Press the reset button…' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Reset' }).click();
    await expect
      .poll(() => host.machineAsked)
      .toEqual(['pause long', 'resume long', 'checkpoint long', 'reset long']);
  });

  it('says that the machine waits for its user, and types the answer with Enter', async () => {
    const page = await open({ report: scriptedReport({ waitsForInput: true, prompt: 'configurator' }) });
    const notice = page.getByRole('alert', { name: 'The machine waits for you' });
    await notice.getByRole('textbox').fill('x86');
    await screenshot(page, 'run-waits-for-input');
    await page.keyboard.press('Enter');
    await expect.poll(() => host.machineAsked).toEqual(['type long x86\r']);
    await expect.poll(() => notice.getByRole('textbox').inputValue()).toBe('');
  });

  it('shows what is left, what it costs, the screen, and checkpoints', async () => {
    const page = await open({
      outlook: {
        left: { low: 3_600_000, likely: 7_200_000, high: 10_800_000 },
        from: 'own-runs',
        basis: 'Three earlier runs of this data folder with TCG.',
        slower: {
          step: 'build:tcc-0.9.26:1',
          factor: 2.1,
          sentence: 'tcc-0.9.26 takes twice as long as usual.',
        },
        silence: { state: 'quiet', sentence: 'A compiler says nothing here.', limitMilliseconds: 900_000 },
      },
      resources: {
        at: '2026-11-20T13:38:35.000Z',
        cpuCores: 1.94,
        cpuMilliseconds: 120_000,
        memoryBytes: 4_294_967_296,
        diskBytes: 1_073_741_824,
        freeBytes: 99_000_000_000,
      },
    });
    const state = runView(page).state;
    await expect.poll(() => state.textContent()).toContain('about 2 h 0 min (1 h 0 min to 3 h 0 min)');
    expect(await state.textContent()).toContain('1.9 cores, 4 GiB of memory, 1 GiB of disk');
    expect(await state.textContent()).toContain(
      'A compiler says nothing here. tcc-0.9.26 takes twice as long',
    );
    await page.getByRole('button', { name: /^Screen/ }).click();
    await page.getByRole('button', { name: 'Look at the screen' }).click();
    await page.getByRole('img', { name: 'The machine’s VGA screen' }).waitFor();
    await screenshot(page, 'run-long');
    await page.getByRole('button', { name: /^Command/ }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as a script' }).click();
    expect((await download).suggestedFilename()).toBe('long.sh');
  });

  it('takes one checkpoint away when asked twice', async () => {
    const saved = (id: string) => ({
      version: 1 as const,
      id,
      label: `Moment ${id}`,
      at: '2026-11-20T13:38:35.000Z',
      why: 'asked' as const,
      logBytes: 100,
      costBytes: 8_388_608,
      pausedMilliseconds: 170,
    });
    const page = await open({ checkpoints: [saved('one'), saved('two')] });
    const list = page.getByRole('list', { name: 'Checkpoints' });
    if (!(await list.isVisible())) await page.getByRole('button', { name: /^Checkpoints/ }).click();
    await screenshot(page, 'run-checkpoints');
    await list.getByRole('button', { name: 'Remove Moment one' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Keep it' }).click();
    await list.getByRole('button', { name: 'Remove Moment one' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove it' }).click();
    await expect.poll(() => list.getByRole('listitem').count()).toBe(1);
    expect(await list.textContent()).toContain('Moment two');
    expect(host.machineAsked).toEqual(['remove-checkpoint long one']);
  });
});
