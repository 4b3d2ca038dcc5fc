// The two-root check on the page: started, watched, cancelled, and its 19 results with what they do not tell; in both themes without a finding of axe.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../src/shared/model/job.ts';
import { chromiumMissing, screenshot, uiTitle, useBrowser } from '../support/browser.ts';
import { ddcReport } from '../support/scripted-ddc.ts';
import { type ScriptedHost, startScriptedHost } from '../support/scripted-host.ts';
import { seriousComplaints } from './axe.ts';

const ADDRESS = `#/audit?checkout=place-${'a1'.repeat(16)}`;
const START = { name: 'Build from the C compiler' };

describe.skipIf(chromiumMissing() !== null)(uiTitle('the two-root check'), () => {
  const pages = useBrowser();
  let host: ScriptedHost;
  beforeEach(async () => {
    host = await startScriptedHost();
  });
  afterEach(() => host.close());

  function running(): Job | undefined {
    return host.jobs.get().find(({ state }) => state === 'running');
  }

  /** The one that runs is done, and came to this. */
  function finish(differing: string | null = null): void {
    const id = running()?.id ?? '';
    host.twoRoots.set(id, ddcReport(differing));
    host.jobs.set(host.jobs.get().map((job) => (job.id === id ? { ...job, state: 'done' } : job)));
  }

  it('is watched while it runs and can be cancelled; nothing is shown of it then', async () => {
    const page = await pages.open(host.url);
    await page.evaluate((to) => (window.location.hash = to), ADDRESS);
    await page.getByRole('button', START).click();
    const job = page.getByRole('region', { name: 'From another root' }).getByRole('region', { name: 'Job' });
    await job.getByText('M2-Planet compiles itself: second generation').waitFor();
    expect(await page.getByRole('button', START).isDisabled()).toBe(true);
    await job.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('It was cancelled; nothing of it is kept.').waitFor();
    expect([running(), await page.getByRole('grid', { name: 'Tools of stage0' }).count()]).toEqual([
      undefined,
      0,
    ]);
  });

  it('shows each tool, which of them differs, and what equality does not tell', async () => {
    const page = await pages.open(host.url);
    await page.evaluate((to) => (window.location.hash = to), ADDRESS);
    await page.getByRole('button', START).click();
    await expect.poll(() => running()).toBeDefined();
    finish();
    const result = page.getByRole('group', { name: 'What the two-root check came to' });
    await result.getByText('19 of 19 tools that come from gcc are equal').waitFor();
    const tools = page.getByRole('grid', { name: 'Tools of stage0' });
    await expect.poll(() => tools.getByText('Equal', { exact: true }).count()).toBe(19);
    await page.getByText('It covers the tools of stage0 only.').waitFor();

    await page.getByRole('button', START).click();
    await expect.poll(() => running()).toBeDefined();
    finish('x86/bin/unxz');
    await result.getByText('18 of 19 tools').waitFor();
    const row = tools.getByRole('row', { name: 'x86/bin/unxz' });
    await expect.poll(() => row.textContent()).toContain(`Differs`);
    expect(await row.textContent()).toContain(`built: ${'f0'.repeat(32)}`);
  });

  it.each(['light', 'dark'] as const)('has nothing that axe finds serious in %s', async (colorScheme) => {
    const page = await pages.open(host.url, { colorScheme });
    await page.evaluate((to) => (window.location.hash = to), ADDRESS);
    await page.getByRole('button', START).click();
    const part = page.getByRole('region', { name: 'From another root' });
    await part.getByRole('region', { name: 'Job' }).waitFor();
    await screenshot(page, `two-roots-running-${colorScheme}`);
    finish('x86/bin/unxz');
    await page.getByRole('grid', { name: 'Tools of stage0' }).waitFor();
    await page.getByRole('heading', { name: 'From another root' }).scrollIntoViewIfNeeded();
    await screenshot(page, `two-roots-${colorScheme}`);
    await page.getByText('It covers the tools of stage0 only.').scrollIntoViewIfNeeded();
    await screenshot(page, `two-roots-end-${colorScheme}`);
    expect(await seriousComplaints(page)).toEqual([]);
  });
});
