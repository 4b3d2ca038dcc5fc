// The window put together without Electron: the real page in Chromium, the real preload in it, and behind both the real main bundle on the stand-in.
// Files come from the program's own scheme handler with its headers; the port that the preload sends goes to the program.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import type { Page } from 'playwright-core';
import { PROJECT_ROOT } from '../built.ts';
import type { RunningProgram } from './run-program.ts';

/** Chromium knows no scheme of ours; this origin stands for app://seedbed. Nothing listens there, every request is answered here. */
const ORIGIN = 'http://seedbed.localhost';

/**
 * Runs in the page before its own scripts, as a preload does. `%PRELOAD%` is the built file. Electron alone knows the paths of dropped files: here a test
 * gives them by name, in `seedbedTestPaths`.
 */
const PRELOAD_SCRIPT = `{
  const ports = [];
  window.seedbedTestFromMain = (index, message) => ports[index].postMessage(message);
  const electron = {
    contextBridge: { exposeInMainWorld: (name, api) => { window[name] = api; } },
    ipcRenderer: {
      postMessage(channel, message, [port]) {
        const index = ports.push(port) - 1;
        port.onmessage = (event) => window.seedbedTestToMain(index, event.data);
        window.seedbedTestNewPort(channel, message, index);
      },
    },
    webUtils: { getPathForFile: (file) => window.seedbedTestPaths?.[file.name] ?? '' },
  };
  ((require) => { %PRELOAD% })(() => electron);
}`;

/** Show the program's page in `page`. A reload closes the ports of before, as Electron does. */
export async function openProgramPage(page: Page, program: RunningProgram): Promise<void> {
  let ports: { port: Promise<MessagePort> }[] = [];
  const closePorts = async (): Promise<void> => {
    const before = ports;
    ports = [];
    for (const { port } of before) (await port).close();
  };

  await page.exposeFunction('seedbedTestNewPort', (channel: string, message: unknown, index: number) => {
    const port = program.openPort({ channel, message }).then((opened) => {
      opened.port.on('message', (message: unknown) => {
        void page
          .evaluate(`window.seedbedTestFromMain(${index}, ${JSON.stringify(message)})`)
          // The page was reloaded or closed meanwhile.
          .catch(() => undefined);
      });
      return opened.port;
    });
    ports[index] = { port };
  });
  await page.exposeFunction('seedbedTestToMain', async (index: number, message: unknown) => {
    (await ports[index]?.port)?.postMessage(message);
  });
  const preload = await readFile(join(PROJECT_ROOT, 'out', 'preload', 'index.cjs'), 'utf8');
  await page.addInitScript(PRELOAD_SCRIPT.replace('%PRELOAD%', () => preload));
  await page.route('**/*', async (route) => {
    const url = route.request().url();
    const isDocument = route.request().isNavigationRequest();
    if (isDocument) await closePorts();
    const answer = await program.act.request(url.replace(ORIGIN, 'app://seedbed'), 'GET');
    if (answer.cancelled) await route.abort('blockedbyclient');
    else await route.fulfill({ status: answer.status, headers: answer.headers, body: answer.body });
  });
  await page.goto(`${ORIGIN}/`);
}
