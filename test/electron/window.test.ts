// The real window, where Electron's program and a display are there: the page loads under its restrictions, and the main job runs.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ensureBuilt, PROJECT_ROOT } from '../support/built.ts';
import { bootCheckConsole } from '../support/consoles.ts';
import { useFakeQemu } from '../support/fake-qemu.ts';
import { homePage } from '../support/page-objects/home-page.ts';
import { runView } from '../support/page-objects/run-view.ts';
import { shell } from '../support/page-objects/shell.ts';
import { buildBootCheck } from '../support/qemu.ts';
import { useTempFolders } from '../support/temp.ts';

const PROGRAM = electronProgram();
const WHY_NOT = whyNot();

describe.skipIf(WHY_NOT !== null)(
  `the real window${WHY_NOT === null ? '' : ` [SKIPPED: ${WHY_NOT}]`}`,
  () => {
    const temp = useTempFolders();
    const fakeQemu = useFakeQemu();
    let app: ElectronApplication;
    let page: Page;
    beforeAll(ensureBuilt, 300_000);
    beforeEach(async () => {
      const home = temp();
      const { record } = await buildBootCheck(home);
      const console = bootCheckConsole({ entries: record.expectedBootCheck, verdict: 'passed' });
      app = await _electron.launch({
        executablePath: PROGRAM ?? '',
        args: [PROJECT_ROOT],
        // Chromium's sandbox does not work for root.
        chromiumSandbox: process.getuid?.() !== 0,
        env: {
          ...(process.env as Record<string, string>),
          SEEDBED_HOME: home,
          SEEDBED_QEMU: fakeQemu(home, { console }),
        },
      });
      page = await app.firstWindow();
      await shell(page).heading.waitFor();
    });
    afterEach(() => app.close());

    test('shows our page over our scheme, and reaches the engine', async () => {
      expect(page.url()).toMatch(/^app:\/\/seedbed\//);
      await shell(page).goTo('Runs');
      await expect.poll(() => shell(page).heading.textContent()).toBe('Runs');
      expect(await shell(page).lostBanner.count()).toBe(0);
    });

    test('gives the page no Node, no Electron and no network', async () => {
      const facts = await page.evaluate(`(async () => ({
      node: [typeof require, typeof process, typeof Buffer, typeof module],
      host: window.seedbedHost,
      opened: window.open('https://example.org/'),
      fetched: await fetch('https://example.org/').then(() => 'yes', () => 'no'),
      evaluated: (() => { try { return (0, eval)('1'); } catch { return 'no'; } })(),
    }))()`);
      expect(facts).toEqual({
        node: ['undefined', 'undefined', 'undefined', 'undefined'],
        host: { present: true },
        opened: null,
        fetched: 'no',
        evaluated: 'no',
      });
      expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
    });

    test('stays on our page, whatever the page tries', async () => {
      await page.evaluate(`location.href = 'https://example.org/'`);
      await page.waitForTimeout(500);
      expect(page.url()).toMatch(/^app:\/\/seedbed\//);
    });

    test('does the main job', async () => {
      await homePage(page).checkMachine.click();
      await expect.poll(() => runView(page).badge.textContent(), { timeout: 30_000 }).toBe('Passed');
    });
  },
);

function electronProgram(): string | null {
  const folder = join(PROJECT_ROOT, 'node_modules', 'electron');
  const pathFile = join(folder, 'path.txt');
  if (!existsSync(pathFile)) return null;
  const program = join(folder, 'dist', readFileSync(pathFile, 'utf8'));
  return existsSync(program) ? program : null;
}

/** Not a tool that apt has: its absence is said, and no failure even where tools are required. */
function whyNot(): string | null {
  if (PROGRAM === null) return 'Electron’s program is not here; npx install-electron fetches it';
  const displays = [process.env['DISPLAY'], process.env['WAYLAND_DISPLAY']];
  if (process.platform === 'linux' && displays.every((name) => name === undefined || name === ''))
    return 'there is no display';
  return null;
}
