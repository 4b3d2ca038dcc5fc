// Makes build/icon.png of build/icon.svg with Chromium: node build/render-icon.mjs
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { findProgram } from '../scripts/setup.mjs';

const folder = dirname(fileURLToPath(import.meta.url));
const program = findProgram('chromium') ?? findProgram('chromium-browser') ?? findProgram('google-chrome');
if (program === null) throw new Error('Chromium is not installed');
const browser = await chromium.launch({ executablePath: program, chromiumSandbox: process.getuid?.() !== 0 });
try {
  const page = await browser.newPage({ viewport: { width: 512, height: 512 } });
  const drawing = readFileSync(join(folder, 'icon.svg'), 'utf8');
  await page.setContent(`<style>* { margin: 0 } svg { display: block }</style>${drawing}`);
  await page.screenshot({ path: join(folder, 'icon.png'), omitBackground: true });
} finally {
  await browser.close();
}
