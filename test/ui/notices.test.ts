// The page tells of runs that end or wait for somebody: the browser's own notifications, a tone, and the settings of both.
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chromiumMissing, screenshot, uiTitle, useBrowser } from '../support/browser.ts';
import { runView } from '../support/page-objects/run-view.ts';
import { shell } from '../support/page-objects/shell.ts';
import { scriptedRun } from '../support/scripted-data.ts';
import { type ScriptedHost, startScriptedHost } from '../support/scripted-host.ts';
import { scriptedNotice } from '../support/scripted-notices.ts';

/** Keeps what the page shows and plays; the focus is as the test says. Text, because it runs in the page. */
const KEEP = `
  window.kept = { shown: [], notes: [], focused: false };
  document.hasFocus = () => window.kept.focused;
  window.Notification = class {
    static permission = 'PERMISSION';
    static requestPermission() { this.permission = 'granted'; return Promise.resolve('granted'); }
    constructor(title, options) { window.kept.shown.push(title + ' | ' + options.body); window.kept.last = this; }
    close() {}
  };
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (at) { window.kept.notes.push(this.frequency.value); return start.call(this, at); };
`;

interface Kept {
  shown: string[];
  notes: number[];
}

describe.skipIf(chromiumMissing() !== null)(uiTitle('notices'), () => {
  const pages = useBrowser();
  let host: ScriptedHost;
  beforeEach(async () => {
    host = await startScriptedHost();
    host.addRun(scriptedRun('long', { goal: 'end' }));
  });
  afterEach(() => host.close());

  async function open(permission: string): Promise<Page> {
    const page = await pages.open(host.url, {
      prepare: async (fresh) => {
        await fresh.addInitScript(KEEP.replace('PERMISSION', permission));
      },
    });
    // Browsers play nothing before the person has touched the page.
    await shell(page).goTo('Machine');
    await page.getByRole('switch', { name: 'Sound' }).waitFor();
    return page;
  }
  const kept = (page: Page): Promise<Kept> => page.evaluate('window.kept');
  const focus = (page: Page, isFocused: boolean) => page.evaluate(`window.kept.focused = ${isFocused}`);

  it('are shown and heard while the person looks at something else; a click leads to the run', async () => {
    const page = await open('granted');
    host.notices.set(scriptedNotice());
    await expect
      .poll(() => kept(page))
      .toMatchObject({
        shown: ['A run passed: live-bootstrap | The whole bootstrap is done.'],
        notes: [880, 1318.5],
      });
    await page.evaluate('window.kept.last.onclick()');
    await runView(page).state.waitFor();
    expect(page.url()).toContain('#/runs/long');
  });

  it('are heard only, and not after a short run, while the person looks at the page', async () => {
    const page = await open('granted');
    await focus(page, true);
    host.notices.set(scriptedNotice({ elapsedMilliseconds: 900 }));
    // The next comes later than this one, so this one has been dealt with.
    await page.waitForTimeout(300);
    host.notices.set(scriptedNotice({ tone: 'bad' }));
    await expect.poll(async () => (await kept(page)).notes).toEqual([880, 440]);
    expect((await kept(page)).shown).toEqual([]);
  });

  it('can each be switched off, and the sound be tried', async () => {
    const page = await open('granted');
    await page.getByRole('button', { name: 'Try the sound' }).click();
    await page.getByText('Played.').waitFor();
    expect((await kept(page)).notes).toEqual([880, 1318.5]);
    await screenshot(page, 'machine-notices');

    await page.getByText('Sound', { exact: true }).click();
    await expect.poll(() => host.keptSettings.get().notices).toEqual({ desktop: true, sound: false });
    host.notices.set(scriptedNotice({ title: 'without a tone' }));
    await expect.poll(async () => (await kept(page)).shown.length).toBe(1);

    await page.getByText('Notification', { exact: true }).click();
    await page.getByText('Sound', { exact: true }).click();
    await expect.poll(() => host.keptSettings.get().notices).toEqual({ desktop: false, sound: true });
    host.notices.set(scriptedNotice({ kind: 'asks', tone: 'asks' }));
    await expect.poll(async () => (await kept(page)).notes).toEqual([880, 1318.5, 1318.5, 1318.5]);
    expect((await kept(page)).shown).toEqual(['without a tone | The whole bootstrap is done.']);
  });

  it('of a browser that was never asked are offered beside the run, once', async () => {
    const page = await open('default');
    await page.getByRole('button', { name: 'Allow notifications' }).waitFor();
    await page.evaluate(() => (window.location.hash = '#/runs/long'));
    const offer = page.getByRole('button', { name: 'Tell me when it ends' });
    await offer.waitFor();
    await screenshot(page, 'run-notice-offer');
    await offer.click();
    await offer.waitFor({ state: 'hidden' });
    host.notices.set(scriptedNotice({ title: 'now it is told' }));
    await expect.poll(async () => (await kept(page)).shown.length).toBe(1);
    await shell(page).goTo('Machine');
    await page.getByText('This browser shows them.').waitFor();
  });
});
