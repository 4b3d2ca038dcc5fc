// seedbed serve: the browser host.
import { openEngine } from '../../engine/engine.ts';
import { pageFolder } from '../../engine/page/page-folder.ts';
import { createRouter } from '../../engine/router/router.ts';
import { askByCode } from '../../web/ask-by-code.ts';
import { startWebHost } from '../../web/web-host.ts';
import { ownCommand } from '../command-line.ts';
import type { Json } from '../program.ts';
import { openScreen } from '../screen.ts';

export async function serve({
  json,
  port,
  allowDrives = false,
}: Json & { port: number; allowDrives?: boolean }): Promise<void> {
  const screen = openScreen();
  const engine = await openEngine({
    host: {
      kind: 'browser',
      choose: null,
      command: ownCommand(),
      ...(allowDrives ? { allowDrives, askBeforeFlash: askByCode((line) => screen.note(line)) } : {}),
    },
    env: process.env,
  });
  void engine.guestMirrors.revive();
  const host = await startWebHost({
    router: createRouter(engine),
    pageFolder: await pageFolder(),
    port,
  }).catch(async (error: unknown) => {
    await engine.close();
    throw error;
  });
  if (json === true) screen.json({ url: host.url, port: host.port });
  else {
    screen.line(`Seedbed is at ${host.url}`);
    screen.line('Open that address in a browser on this machine. Ctrl-C ends the host; runs go on.');
  }
  await new Promise<void>((done) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => done());
  });
  await host.close();
  await engine.close();
}
