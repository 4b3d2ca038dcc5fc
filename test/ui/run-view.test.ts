// The run view in states that a script can show at will: stopping, failing, hostile output, a log that waits for its reader.
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chromiumMissing, screenshot, uiTitle, useBrowser } from '../support/browser.ts';
import { runView } from '../support/page-objects/run-view.ts';
import { shell } from '../support/page-objects/shell.ts';
import { scriptedReport, scriptedRun } from '../support/scripted-data.ts';
import { type ScriptedHost, startScriptedHost } from '../support/scripted-host.ts';
import { scriptedLog } from '../support/scripted-log.ts';

describe.skipIf(chromiumMissing() !== null)(uiTitle('the run view'), () => {
  const pages = useBrowser();
  let host: ScriptedHost;
  beforeEach(async () => {
    host = await startScriptedHost();
  });
  afterEach(() => host.close());

  async function openRun(id: string): Promise<Page> {
    const page = await pages.open(host.url);
    await page.evaluate((run) => (window.location.hash = `#/runs/${run}`), id);
    await runView(page).state.waitFor();
    return page;
  }

  it('stops a run only after a question whose safe answer has the focus', async () => {
    host.addRun(scriptedRun('one'), {}, scriptedLog('src\r\n/x86\r\n'));
    const page = await openRun('one');
    const view = runView(page);
    await view.stop.click();
    const dialog = page.getByRole('alertdialog', { name: 'Stop this run?' });
    await dialog.waitFor();
    await screenshot(page, 'run-stop-question');
    expect(await focusedName(page)).toBe('Let it run');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    expect(await view.badge.textContent()).toBe('Running');
    expect(await focusedName(page)).toBe('Stop…');

    await page.keyboard.press('Enter');
    await view.confirmStop.click();
    await expect.poll(() => view.badge.textContent()).toBe('Stopped');
    expect(await view.stop.isVisible()).toBe(false);
    expect(await view.sentence.textContent()).toContain('stopped before the goal');
  });

  it('keeps guest escape sequences out of the terminal and out of the page', async () => {
    const log = scriptedLog(
      [
        'the first line\r\n',
        '\u001b]0;owned\u0007',
        '\u001b[2J\u001b[H\u001bc',
        '\u001b]52;c;b3duZWQ=\u0007',
        '\u001b]8;;https://example.org\u0007a link\u001b]8;;\u0007\r\n',
        '<img src=x onerror=alert(1)> & <b>bold</b>\r\n',
        '\u001b[31mred\u001b[0m and plain\r\n',
        '\u001b[?1049h\u001b[?25h\u001b[999;999Hthe last line\r\n',
      ].join(''),
    );
    host.addRun(scriptedRun('hostile'), {}, log);
    const page = await openRun('hostile');
    const view = runView(page);
    await expect.poll(() => view.visibleText()).toContain('the last line');
    const rows = (await view.visibleText()).split('\n').map((row) => row.trimEnd());
    expect(rows.filter((row) => row !== '')).toEqual([
      'the first line',
      'a link',
      '<img src=x onerror=alert(1)> & <b>bold</b>',
      'red and plain',
      'the last line',
    ]);
    expect(await page.title()).toBe('First stage · Seedbed');
    expect(await page.evaluate(() => navigator.clipboard.readText())).not.toBe('owned');
    expect(await view.log.locator('.xterm-rows span.xterm-fg-1').textContent()).toBe('red');
    expect(await view.log.locator('a, img').count()).toBe(0);
  });

  it('pauses when the reader scrolls up, reads no further, and follows again on request', async () => {
    const lines = Array.from({ length: 400 }, (_, line) => `line ${line}\r\n`).join('');
    const more = Array.from({ length: 400 }, (_, line) => `later ${line}\r\n`).join('');
    const log = scriptedLog(lines + more);
    log.sizeBytes = lines.length;
    const topic = host.addRun(scriptedRun('slow'), {}, log);
    const page = await openRun('slow');
    const view = runView(page);
    await expect.poll(() => view.visibleText()).toContain('line 399');

    await view.log.locator('.xterm-screen').click();
    await page.keyboard.press('PageUp');
    await expect.poll(() => view.followState.textContent()).toContain('Paused');
    const reads = log.reads;
    log.sizeBytes = log.bytes.length;
    topic.set({ ...topic.get(), logBytes: log.sizeBytes });
    await expect.poll(() => view.followState.textContent()).toContain('of 8');
    expect(log.reads).toBe(reads);
    expect(await view.visibleText()).not.toContain('line 399');

    await view.follow.click();
    await expect.poll(() => view.visibleText()).toContain('later 399');
    expect(await view.followState.textContent()).toBe('Following the end');
  });

  it('leads from a piece of evidence to its line, by keyboard', async () => {
    const filler = Array.from({ length: 3000 }, (_, line) => `before ${line}\r\n`).join('');
    const proof = 'x86/bin/hex2: FAILED';
    const after = Array.from({ length: 3000 }, (_, line) => `after ${line}\r\n`).join('');
    const log = scriptedLog(`${filler}${proof}\r\n${after}`);
    const failure = {
      cause: 'stage0-mismatch' as const,
      subject: 'hex2',
      offset: filler.length,
      evidence: [{ offset: filler.length, text: proof }],
      step: null,
      slice: null,
    };
    host.addRun(scriptedRun('failing'), { report: scriptedReport({ failure }) }, log);
    const page = await openRun('failing');
    const view = runView(page);
    await expect.poll(() => view.visibleText()).toContain('after 2999');
    expect(await view.failure.textContent()).toContain('The stage0 tool hex2 is not the one');
    await view.evidence.first().focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => view.visibleText()).toContain(proof);
    expect(await view.visibleText()).toContain('before 2999');
    await page.getByRole('button', { name: 'Copy the selected text' }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(proof);
  });

  it('saves the whole log as a file', async () => {
    const text = Array.from({ length: 60_000 }, (_, line) => `line ${line}\r\n`).join('');
    host.addRun(scriptedRun('saved'), {}, scriptedLog(text));
    const page = await openRun('saved');
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save the whole log as a file' }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe('saved.log');
    const chunks: Buffer[] = [];
    for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toBe(text);
  });

  it('says which run is not there', async () => {
    const page = await pages.open(host.url);
    await page.evaluate(() => (window.location.hash = '#/runs/none'));
    await shell(page).errorCard.waitFor();
    expect(await shell(page).errorCard.textContent()).toContain('There is no run none.');
    expect(await shell(page).errorCard.textContent()).toContain('RUN_NOT_FOUND');
  });
});

async function focusedName(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.textContent ?? '');
}
