// The page of the chain: parts by stage, the ways of one, words that narrow it down, files, what is broken; in both themes without a finding of axe.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chromiumMissing, screenshot, uiTitle, useBrowser } from '../support/browser.ts';
import { BROKEN_CHAIN_PLACE } from '../support/scripted-chain.ts';
import { type ScriptedHost, startScriptedHost } from '../support/scripted-host.ts';
import { seriousComplaints } from './axe.ts';

const ADDRESS = `#/chain?checkout=place-${'a1'.repeat(16)}`;

describe.skipIf(chromiumMissing() !== null)(uiTitle('the chain'), () => {
  const pages = useBrowser();
  let host: ScriptedHost;
  beforeEach(async () => {
    host = await startScriptedHost();
  });
  afterEach(() => host.close());

  it('leads from a package down to the boot sector, and keeps it in the address', async () => {
    const page = await pages.open(host.url);
    await page.evaluate((to) => (window.location.hash = to), ADDRESS);
    await page.getByText('11 of 11 builds reach the boot sector.').waitFor();
    await page.getByRole('button', { name: 'gcc-9.0', exact: true }).click();
    const card = page.getByRole('region', { name: 'Why gcc-9.0?' });
    const way = card.getByRole('region', { name: 'By what compiled or made each' }).getByRole('listitem');
    await expect.poll(() => way.count()).toBe(10);
    expect(await way.last().textContent()).toContain('boot-sector');
    expect(await way.nth(1).textContent()).toContain('steps/manifest:13');
    await page.reload();
    await card.waitFor();
    // A step of the way is a part that can be looked at itself.
    await card.getByRole('button', { name: 'mes-1.0#1' }).first().click();
    await page.getByRole('region', { name: 'Why mes-1.0?' }).waitFor();
  });

  it('shows only what has the words, gives files, and looks for what is no text', async () => {
    const page = await pages.open(host.url);
    await page.evaluate((to) => (window.location.hash = to), ADDRESS);
    const stages = page.getByRole('region', { name: 'Stages', exact: true });
    await page.getByRole('searchbox', { name: 'Show only parts with' }).fill('steps/tcc');
    await expect.poll(() => stages.getByRole('button').count()).toBe(2);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'DOT' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('chain.dot');
    await page.getByRole('button', { name: 'Look at the checkout' }).click();
    await page.getByText('1 are no text, 1 of them seeds that hex text explains.').waitFor();
    expect(await page.getByText('equal to what seeds/hex0.hex0 says').count()).toBe(1);
  });

  it('says what has no way to the boot sector, and why', async () => {
    const page = await pages.open(host.url);
    await page.evaluate(
      (to) => (window.location.hash = to),
      `#/chain?checkout=${BROKEN_CHAIN_PLACE}&node=gcc-9.0`,
    );
    await page.getByText('nothing makes elsewhere').waitFor();
    expect(await page.getByRole('region', { name: 'In a sentence' }).textContent()).toContain(
      'have no way to it',
    );
  });

  it.each(['light', 'dark'] as const)('has nothing that axe finds serious in %s', async (colorScheme) => {
    const page = await pages.open(host.url, { colorScheme });
    await page.evaluate((to) => (window.location.hash = to), `${ADDRESS}&node=gcc-9.0`);
    await page.getByRole('region', { name: 'Why gcc-9.0?' }).waitFor();
    await page.getByRole('button', { name: 'Look at the checkout' }).click();
    await page.getByText('1 are no text').waitFor();
    await screenshot(page, `chain-${colorScheme}`);
    expect(await seriousComplaints(page)).toEqual([]);
  });
});
