// The connection lost and regained: the page says so, tries again by itself, and everything that it shows goes on.
import type { Page, WebSocketRoute } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chromiumMissing, screenshot, uiTitle, useBrowser } from '../support/browser.ts';
import { homePage } from '../support/page-objects/home-page.ts';
import { runView } from '../support/page-objects/run-view.ts';
import { shell } from '../support/page-objects/shell.ts';
import { scriptedRun } from '../support/scripted-data.ts';
import { type ScriptedHost, startScriptedHost } from '../support/scripted-host.ts';
import { scriptedLog } from '../support/scripted-log.ts';

describe.skipIf(chromiumMissing() !== null)(uiTitle('the connection'), () => {
  const pages = useBrowser();
  let host: ScriptedHost;
  beforeEach(async () => {
    host = await startScriptedHost();
  });
  afterEach(() => host.close());

  it('is lost with a banner, and comes back by itself with what happened meanwhile', async () => {
    const log = scriptedLog('before the loss\r\nmeanwhile\r\nafterwards\r\n');
    log.sizeBytes = 17;
    const topic = host.addRun(scriptedRun('one'), {}, log);
    const wire = cuttableWire();
    const page = await pages.open(host.url, { prepare: wire.prepare });
    const frame = shell(page);
    const view = runView(page);
    await page.evaluate(() => (window.location.hash = '#/runs/one'));
    await expect.poll(() => view.visibleText()).toContain('before the loss');

    await wire.cut();
    await frame.lostBanner.waitFor();
    await screenshot(page, 'connection-lost');
    expect(await frame.connection.textContent()).toContain('Not connected');
    expect(await view.visibleText()).toContain('before the loss');
    log.sizeBytes = log.bytes.length;
    topic.set({ ...topic.get(), logBytes: log.sizeBytes, now: 'It went on.' });

    wire.mend();
    await frame.lostBanner.waitFor({ state: 'hidden', timeout: 20_000 });
    expect(await frame.connection.textContent()).toContain('Connected');
    await expect.poll(() => view.visibleText()).toContain('afterwards');
    expect(await view.visibleText()).toContain('meanwhile');
    expect(await view.sentence.textContent()).toBe('It went on.');
  });

  it('is tried at once on request', async () => {
    const wire = cuttableWire();
    const page = await pages.open(host.url, { prepare: wire.prepare });
    const frame = shell(page);
    await homePage(page).checkMachine.waitFor();
    await wire.cut();
    await frame.lostBanner.waitFor();
    await homePage(page).checkMachine.click();
    expect(await frame.errorCard.textContent()).toContain('CONNECTION_LOST');
    // Long enough that the page has failed a few times and waits for seconds.
    await page.waitForTimeout(4000);
    wire.mend();
    await frame.reconnect.click();
    await frame.lostBanner.waitFor({ state: 'hidden', timeout: 1500 });
  });

  it('needs the token that the host printed, and keeps it out of the address', async () => {
    const page = await pages.open(host.url);
    await homePage(page).checkMachine.waitFor();
    expect(page.url()).not.toContain('token');
    await page.reload();
    await homePage(page).checkMachine.waitFor();

    const stranger = await pages.open(host.url.replace(/#.*/, ''));
    await stranger.getByRole('heading', { name: 'This address lacks its key' }).waitFor();
    await screenshot(stranger, 'no-token');
  });
});

/** A wire between page and host that can be cut: what the page sees when a host is gone for a while. */
function cuttableWire(): {
  prepare: (page: Page) => Promise<void>;
  cut: () => Promise<void>;
  mend: () => void;
} {
  let isCut = false;
  const open: WebSocketRoute[] = [];
  return {
    prepare: (page) =>
      page.routeWebSocket(/.*/, async (route) => {
        if (isCut) {
          await route.close({ code: 1013 });
          return;
        }
        route.connectToServer();
        open.push(route);
      }),
    async cut() {
      isCut = true;
      await Promise.all(open.splice(0).map((route) => route.close({ code: 1012 })));
    },
    mend: () => {
      isCut = false;
    },
  };
}
