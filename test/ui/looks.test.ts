// Every page in light and dark: no serious finding of axe, no sideways scrolling at 900 × 600, and (on request) a picture.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumMissing, screenshot, uiTitle, useBrowser } from '../support/browser.ts';
import { fillScript, LOOKS } from '../support/scripted-looks.ts';
import { type ScriptedHost, startScriptedHost } from '../support/scripted-host.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeFinding {
  id: string;
  impact: string | null;
  nodes: { html: string; failureSummary?: string }[];
}

describe.skipIf(chromiumMissing() !== null)(uiTitle('the look of every page'), () => {
  const pages = useBrowser();
  let host: ScriptedHost;
  beforeAll(async () => {
    host = await startScriptedHost();
    fillScript(host);
  });
  afterAll(() => host.close());

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has no serious finding of axe in the ${colorScheme} theme`, async () => {
      const page = await pages.open(host.url, { colorScheme });
      const found: string[] = [];
      for (const look of LOOKS) {
        await show(page, look.hash, look.shows);
        await look.act?.(page);
        await screenshot(page, `${look.name}-${colorScheme}`);
        for (const finding of await seriousFindings(page)) found.push(`${look.name}: ${finding}`);
        if (look.act !== undefined) await page.keyboard.press('Escape');
      }
      expect(found).toEqual([]);
    });
  }

  it('fits into 900 × 600 without scrolling sideways', async () => {
    const page = await pages.open(host.url, { viewport: { width: 900, height: 600 } });
    const wide: string[] = [];
    for (const look of LOOKS) {
      await show(page, look.hash, look.shows);
      await screenshot(page, `${look.name}-small`);
      const overflow = await page.evaluate(() => {
        const main = document.querySelector('main');
        return main === null ? 0 : main.scrollWidth - main.clientWidth;
      });
      if (overflow > 0) wide.push(`${look.name}: ${overflow} px`);
    }
    expect(wide).toEqual([]);
  });
});

async function show(page: Page, hash: string, text: string): Promise<void> {
  await page.evaluate((to) => (window.location.hash = to), hash);
  await page.locator('main').getByText(text).first().waitFor();
}

async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const findings = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: () => Promise<{ violations: AxeFinding[] }> } };
    return (await axe.run()).violations;
  });
  return findings
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary ?? ''}`).join(' | ')}`,
    );
}
