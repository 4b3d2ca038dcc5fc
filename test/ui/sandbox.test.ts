// A bootstrap in a sandbox, chosen on the page: what cannot be had is named with the reason, what is chosen runs to its verdict and says what it rests on.
// Real engine, real sandbox, tiny checkout.
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chromiumMissing, screenshot, uiTitle, useBrowser } from '../support/browser.ts';
import { ensureBuilt, PROJECT_ROOT } from '../support/built.ts';
import { type EngineHost, startEngineHost } from '../support/engine-host.ts';
import { runView } from '../support/page-objects/run-view.ts';
import { sandboxMissing } from '../support/sandbox-host.ts';
import { useTempFolders } from '../support/temp.ts';
import { compileTiny, createTinyCheckout } from '../support/tiny-root/tiny-root.ts';

const RUN_MS = 90_000;
const RESTS = 'This computer’s kernel runs everything, so that the result rests on it';
const missing = chromiumMissing() ?? sandboxMissing('bwrap');
const title =
  missing === null ? 'a bootstrap in a sandbox' : `a bootstrap in a sandbox [SKIPPED: ${missing}]`;

describe.skipIf(missing !== null)(uiTitle(title), () => {
  const tempFolder = useTempFolders();
  const pages = useBrowser();
  let host: EngineHost | null = null;
  let work: string;
  beforeEach(() => {
    work = tempFolder();
  });
  afterEach(async () => {
    await host?.close();
    host = null;
  });

  it('runs where it was chosen to, and says what the result rests on', async () => {
    await ensureBuilt();
    const fixture = await createTinyCheckout(work, compileTiny(work));
    const command = [process.execPath, join(PROJECT_ROOT, 'out', 'cli', 'index.js')];
    host = await startEngineHost(join(work, 'data'), [work], { actions: { command } });
    const { token } = host.engine.places.mint(fixture.path);
    const page = await pages.open(host.url);
    await page.evaluate((hash) => (location.hash = hash), `#/bootstrap/stage0?checkout=${token}`);
    const choice = page.getByRole('button', { name: /Runs in/ });
    await choice.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('option', { name: /bubblewrap/ }).click();
    await page.getByText(RESTS).waitFor();
    // It stands in the address: a reload keeps it.
    await page.reload();
    await page.getByText(RESTS).waitFor();
    await screenshot(page, 'sandbox-choice');
    await page.getByRole('button', { name: 'Bootstrap', exact: true }).click();

    const view = runView(page);
    await view.badge.waitFor({ timeout: RUN_MS });
    await expect.poll(() => view.badge.textContent(), { timeout: RUN_MS }).toMatch(/passed/i);
    expect(await view.state.textContent()).toContain('bubblewrap');
    await page.getByRole('button', { name: /^Machine/ }).click();
    await page
      .getByText(/ran everything: no kernel was built from source/)
      .first()
      .waitFor();
    expect(await page.getByRole('button', { name: /^Screen/ }).count()).toBe(0);
    await screenshot(page, 'sandbox-run');
  });

  it('says why, where a sandbox cannot be had', async () => {
    host = await startEngineHost(join(work, 'data'), [work]);
    const page = await pages.open(host.url);
    await page.evaluate(() => (location.hash = '#/bootstrap/stage0'));
    await page.getByText(/sandbox \(bubblewrap\) cannot be had here: .*no Node that could run it/).waitFor();
    await screenshot(page, 'sandbox-not-here');
  });
});
