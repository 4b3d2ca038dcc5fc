// The window from the person's side, without Electron: page and preload in Chromium over the running main bundle (open-page.ts).
import { beforeEach, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { chromiumMissing, uiTitle, useBrowser } from '../support/browser.ts';
import { bootCheckConsole } from '../support/consoles.ts';
import { openProgramPage } from '../support/electron-stand-in/open-page.ts';
import type { RunningProgram } from '../support/electron-stand-in/run-program.ts';
import { usePrograms, windowShown } from '../support/electron-stand-in/use-programs.ts';
import { useFakeQemu } from '../support/fake-qemu.ts';
import { homePage } from '../support/page-objects/home-page.ts';
import { runView } from '../support/page-objects/run-view.ts';
import { shell } from '../support/page-objects/shell.ts';
import { buildBootCheck } from '../support/qemu.ts';
import { useTempFolders } from '../support/temp.ts';

const start = usePrograms();

describe.skipIf(chromiumMissing() !== null)(uiTitle('the window’s page over its port'), () => {
  const temp = useTempFolders();
  const fakeQemu = useFakeQemu();
  const pages = useBrowser();
  let program: RunningProgram;
  let page: Page;
  beforeEach(async () => {
    const home = temp();
    const { record } = await buildBootCheck(home);
    const console = bootCheckConsole({ entries: record.expectedBootCheck, verdict: 'passed' });
    program = start({ home, env: { SEEDBED_QEMU: fakeQemu(home, { console }) } });
    await windowShown(program);
    page = await pages.open('about:blank');
    await openProgramPage(page, program);
    return () => program.kill();
  });

  test('connects through the preload, and its policy refuses nothing that it needs', async () => {
    await expect.poll(() => shell(page).connection.textContent()).toMatch(/^Connected/);
    expect(await shell(page).lostBanner.count()).toBe(0);
  });

  test('does the main job, and a reload loses nothing of it', async () => {
    await homePage(page).checkMachine.click();
    const view = runView(page);
    await expect.poll(() => view.badge.textContent(), { timeout: 30_000 }).toBe('Passed');
    await expect.poll(() => view.visibleText()).toContain('verdict: passed');
    await page.reload();
    await expect.poll(() => view.badge.textContent(), { timeout: 30_000 }).toBe('Passed');
    await expect.poll(() => view.visibleText()).toContain('verdict: passed');
  });
});
