// The page of the audit: started, chosen by program, read line by line, and kept in the address; in both themes without a finding of axe.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chromiumMissing, screenshot, uiTitle, useBrowser } from '../support/browser.ts';
import { type ScriptedHost, startScriptedHost } from '../support/scripted-host.ts';
import { seriousComplaints } from './axe.ts';

/** A folder that the person chose. */
const ADDRESS = `#/audit?checkout=place-${'a1'.repeat(16)}`;

describe.skipIf(chromiumMissing() !== null)(uiTitle('the audit of the seed'), () => {
  const pages = useBrowser();
  let host: ScriptedHost;
  beforeEach(async () => {
    host = await startScriptedHost();
  });
  afterEach(() => host.close());

  it('shows a program byte by byte, with what each check proves, and comes back after a reload', async () => {
    const page = await pages.open(host.url);
    await page.evaluate((to) => (window.location.hash = to), ADDRESS);
    await page.getByText('Nothing was audited yet').waitFor();
    await page.getByRole('button', { name: 'Audit the seed' }).click();
    const words = page.getByRole('region', { name: 'In a sentence' });
    await words.waitFor();
    expect(await words.textContent()).toContain(
      '1 check does not hold; 1 holds, 1 differs and is explained.',
    );

    const bytes = page.getByRole('grid', { name: 'Bytes' });
    await expect.poll(() => bytes.getByRole('row').count()).toBe(61);
    expect(await bytes.textContent()).toContain('make ecx zero');
    expect(await bytes.textContent()).toContain('not reached in the run');
    await page.getByRole('button', { name: 'Later lines' }).click();
    await page.getByText('Lines 61 to 120 of 130').waitFor();

    const checks = page.getByRole('grid', { name: 'Checks' });
    expect(await checks.textContent()).toContain('Reading the text is reading the program.');
    expect(await checks.textContent()).not.toContain('seed.known-version');
    await page.getByRole('radio', { name: /stage1/ }).click();
    await expect.poll(() => checks.textContent()).toContain('seed.known-version');
    await page.getByText('Lines 1 to 60 of 130').waitFor();
    expect(await page.getByText('no: it needs a BIOS').count()).toBe(1);

    await page.reload();
    await page.getByRole('heading', { name: 'boot sector (stage1)' }).waitFor();
    expect(
      await page.getByRole('grid', { name: 'Other texts of the same programs' }).textContent(),
    ).toContain('Tool absent');
  });

  it.each(['light', 'dark'] as const)('has nothing that axe finds serious in %s', async (colorScheme) => {
    const page = await pages.open(host.url, { colorScheme });
    await page.evaluate((to) => (window.location.hash = to), ADDRESS);
    await page.getByRole('button', { name: 'Audit the seed' }).click();
    await page.getByRole('grid', { name: 'Bytes' }).waitFor();
    for (const name of ['Where a comment is not what the bytes are', 'Known versions, and who has them'])
      await page.getByRole('button', { name: new RegExp(name) }).click();
    await page.getByRole('heading', { name: 'Audit' }).scrollIntoViewIfNeeded();
    await screenshot(page, `audit-${colorScheme}`);
    await page.getByRole('grid', { name: 'Bytes' }).scrollIntoViewIfNeeded();
    await screenshot(page, `audit-bytes-${colorScheme}`);
    expect(await seriousComplaints(page)).toEqual([]);
  });
});
