// 50 MB of console output: the page stays responsive, in memory that does not grow with the log (issue 2, Show 4).
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chromiumMissing, screenshot, uiTitle, useBrowser } from '../support/browser.ts';
import { runView } from '../support/page-objects/run-view.ts';
import { scriptedReport, scriptedRun } from '../support/scripted-data.ts';
import { type ScriptedHost, startScriptedHost } from '../support/scripted-host.ts';
import { numberedLog, type ScriptedLog } from '../support/scripted-log.ts';

const LOG_BYTES = 50_000_000;
const FAILURE_LINE = 'x86/bin/M2-Planet: FAILED the one line that matters';
const LONGEST_FRAME_MS = 200;
const ATTEMPTS = 3;
/** xterm's scrollback is 5000 rows of 12 bytes a cell; the rest is what 50 MB of passing text leaves to be collected. */
const HEAP_GROWTH_BYTES = 60_000_000;

describe.skipIf(chromiumMissing() !== null)(uiTitle('50 MB of console output'), () => {
  const pages = useBrowser();
  let host: ScriptedHost;
  let log: ScriptedLog;
  beforeEach(async () => {
    host = await startScriptedHost();
    log = numberedLog(LOG_BYTES, { line: FAILURE_LINE, atShare: 0.5 });
  });
  afterEach(() => host.close());

  it('floods a followed log without a frame over 200 ms, and holds a bounded part of it', async () => {
    let gaps: FrameGaps = await floodOnce();
    // A shared machine can stall a browser for reasons of its own; every time is the page's fault.
    for (let more = 1; more < ATTEMPTS && gaps.over.length > 0; more += 1) gaps = await floodOnce();
    expect(gaps.over).toEqual([]);
    expect(gaps.frames).toBeGreaterThan(100);
  });

  async function floodOnce(): Promise<FrameGaps> {
    log.sizeBytes = 0;
    const id = `flood-${Math.random().toString(16).slice(2)}`;
    const topic = host.addRun(scriptedRun(id), {}, log);
    const page = await pages.open(host.url);
    await goToRun(page, id);
    const view = runView(page);
    await view.followState.waitFor();
    const before = await heapBytes(page);
    await watchFrames(page);
    // 5 MB every 0.2 s: far more than any guest prints.
    for (let size = 0; size <= LOG_BYTES; size += LOG_BYTES / 50) {
      log.sizeBytes = size;
      topic.set({ ...topic.get(), logBytes: size });
      await page.waitForTimeout(100);
    }
    await expect.poll(() => view.visibleText(), { timeout: 15_000 }).toContain(`part ${LOG_BYTES / 80 - 1} `);
    const gaps = await readFrames(page);
    expect(await view.followState.textContent()).toBe('Following the end');
    expect((await heapBytes(page)) - before).toBeLessThan(HEAP_GROWTH_BYTES);
    expect(await view.rows.count()).toBeLessThan(200);
    expect(await view.loadEarlier.isVisible()).toBe(true);
    await screenshot(page, 'run-flood');
    await page.close();
    return gaps;
  }

  it('jumps to the first failure in the middle of the log, and reads on in both directions from there', async () => {
    const offset = log.bytes.indexOf(FAILURE_LINE);
    const failure = {
      cause: 'stage0-mismatch' as const,
      subject: 'M2-Planet',
      offset,
      evidence: [{ offset, text: FAILURE_LINE }],
      step: null,
      slice: null,
    };
    host.addRun(scriptedRun('long'), { report: scriptedReport({ failure }) }, log);
    const page = await pages.open(host.url);
    await goToRun(page, 'long');
    const view = runView(page);
    await expect.poll(() => view.visibleText()).toContain(`part ${LOG_BYTES / 80 - 1} `);

    await view.firstFailure.click();
    await expect.poll(() => view.visibleText()).toContain(FAILURE_LINE);
    const middle = LOG_BYTES / 80 / 2;
    expect(await view.visibleText()).toContain(`part ${middle + 3} `);
    await expect.poll(() => view.followState.textContent()).toContain('Paused');
    await screenshot(page, 'run-failure-in-50-mb');

    // Far enough that both edges of the loaded part are crossed several times.
    await view.log.locator('.xterm-screen').click();
    await pressUntil(page, 'PageUp', async () => (await firstPart(view.visibleText())) < middle - 4000);
    const high = await firstPart(view.visibleText());
    await pressUntil(page, 'PageDown', async () => (await firstPart(view.visibleText())) > high + 6000);
    expect(await view.rows.count()).toBeLessThan(200);
    expect(await view.followState.textContent()).toContain('Paused');

    await view.follow.click();
    await expect.poll(() => view.visibleText()).toContain(`part ${LOG_BYTES / 80 - 1} `);
  });

  it('searches the whole log, forwards and backwards, and selects what it finds', async () => {
    host.addRun(scriptedRun('long'), {}, log);
    const page = await pages.open(host.url);
    await goToRun(page, 'long');
    const view = runView(page);
    await expect.poll(() => view.visibleText()).toContain(`part ${LOG_BYTES / 80 - 1} `);

    await page.keyboard.press('Control+f');
    await page.keyboard.type('part 4242 ');
    await page.keyboard.press('Enter');
    await expect.poll(() => view.visibleText()).toContain('part 4242 ');
    expect(await view.searchSaid.textContent()).toContain('Went around the end. Found at');
    await expect.poll(() => selectedText(page)).toBe('part 4242 ');

    await view.searchField.fill('part 31');
    await view.previousMatch.click();
    await expect.poll(() => view.searchSaid.textContent()).toContain('Found at');
    await expect.poll(() => selectedText(page)).toBe('part 31');
    await view.searchField.fill('no such words');
    await view.nextMatch.click();
    await expect.poll(() => view.searchSaid.textContent()).toBe('Not found');
  });
});

/** Many times what it takes on a busy machine. */
const PRESSING_MS = 60_000;

interface FrameGaps {
  frames: number;
  over: number[];
}

async function goToRun(page: Page, id: string): Promise<void> {
  await page.evaluate((run) => (window.location.hash = `#/runs/${run}`), id);
  await page.getByRole('region', { name: 'Console', exact: true }).waitFor();
}

async function watchFrames(page: Page): Promise<void> {
  await page.evaluate(() => {
    const gaps: number[] = [];
    let last = performance.now();
    const tick = (now: number): void => {
      gaps.push(now - last);
      last = now;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    Object.assign(window, { frameGaps: gaps });
  });
}

async function readFrames(page: Page): Promise<FrameGaps> {
  const gaps = await page.evaluate(() => (window as unknown as { frameGaps: number[] }).frameGaps);
  return { frames: gaps.length, over: gaps.filter((gap) => gap > LONGEST_FRAME_MS) };
}

/** After a collection, so that what is counted is held. */
async function heapBytes(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}

/** Keys come faster than parts of the log are loaded, so time is the bound, not their number. */
async function pressUntil(page: Page, key: string, isThere: () => Promise<boolean>): Promise<void> {
  const began = Date.now();
  for (let presses = 0; Date.now() - began < PRESSING_MS; presses += 1) {
    if (presses % 20 === 0 && (await isThere())) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${key} for ${PRESSING_MS} ms did not lead there`);
}

async function firstPart(text: Promise<string>): Promise<number> {
  return Number(/part (\d+) /.exec(await text)?.[1]);
}

/** What the terminal has selected, by way of the clipboard. */
async function selectedText(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Copy the selected text' }).click();
  return page.evaluate(() => navigator.clipboard.readText());
}
