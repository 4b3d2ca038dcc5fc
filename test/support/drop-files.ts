// Drops real files and folders on a page, as a person does with the mouse: Chromium makes the event, so it is trusted and its files can be read.
import type { Page } from 'playwright-core';

export interface DropOptions {
  /** Only drag them there. */
  hold?: boolean;
}

/** https://chromedevtools.github.io/devtools-protocol/tot/Input/#method-dispatchDragEvent */
export async function dropFiles(
  page: Page,
  paths: string[],
  { hold = false }: DropOptions = {},
): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  const steps = ['dragEnter', 'dragOver', ...(hold ? [] : ['drop' as const])] as const;
  for (const type of steps) await session.send('Input.dispatchDragEvent', { type, x: 500, y: 400, data });
  await session.detach();
}
