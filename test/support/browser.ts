// Chromium for the tests of the page: one browser a test file, one context a test, everything closed whatever happens.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { ensureBuilt } from './built.ts';

const EXECUTABLE = process.env['SEEDBED_CHROMIUM'] ?? '/usr/bin/chromium';

/** No sandbox: tests may run as root. No GPU and no network of the browser's own, so that runs do not differ. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-precise-memory-info',
];

/** A reason to skip, for the suite's name; null when Chromium is there. Throws when tools are required. */
export function chromiumMissing(): string | null {
  if (existsSync(EXECUTABLE)) return null;
  if (process.env['REQUIRE_TOOLS'] === '1')
    throw new Error(`REQUIRE_TOOLS=1, but ${EXECUTABLE} is not installed`);
  return `${EXECUTABLE} is not installed`;
}

export function uiTitle(title: string): string {
  const missing = chromiumMissing();
  return missing === null ? title : `${title} [SKIPPED: ${missing}]`;
}

export interface OpenOptions extends BrowserContextOptions {
  /** Done with the page before it is loaded. */
  prepare?: (page: Page) => Promise<void>;
}

export interface BrowserPages {
  /** A new page in a context of its own. What the page complains about fails the test. */
  open(url: string, options?: OpenOptions): Promise<Page>;
}

/** Call at the top of a describe: opens the browser (and builds the page), closes it at the end. */
export function useBrowser(): BrowserPages {
  let browser: Browser | null = null;
  let contexts: BrowserContext[] = [];
  let complaints: string[] = [];

  beforeAll(async () => {
    await ensureBuilt();
    browser = await chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });
  }, 180_000);
  afterEach(async () => {
    await Promise.all(contexts.map((context) => context.close()));
    contexts = [];
    const found = complaints;
    complaints = [];
    expect(found).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
  });

  return {
    async open(url, { prepare, ...options } = {}) {
      if (browser === null) throw new Error('the browser is not open');
      const context = await browser.newContext({
        viewport: { width: 1360, height: 860 },
        reducedMotion: 'reduce',
        permissions: ['clipboard-read', 'clipboard-write'],
        ...options,
      });
      contexts.push(context);
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      page.on('pageerror', (error) => complaints.push(`page error: ${error.message}`));
      page.on('console', (message) => {
        // A refused WebSocket is told by the browser itself, and shown by the page as what it is.
        if (message.type() === 'error' && !message.text().includes('WebSocket connection'))
          complaints.push(`console: ${message.text()}`);
      });
      await prepare?.(page);
      await page.goto(url);
      return page;
    },
  };
}

/** Writes a picture of the page when SEEDBED_SCREENSHOTS names a folder. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = process.env['SEEDBED_SCREENSHOTS'];
  if (folder === undefined || folder === '') return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
}
