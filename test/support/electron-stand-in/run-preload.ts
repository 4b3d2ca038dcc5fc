// Runs the built preload in a context of its own, as Electron's sandbox does: CommonJS, `require('electron')` and nothing else.
import { readFile } from 'node:fs/promises';
import { runInNewContext } from 'node:vm';
import { MessageChannel } from 'node:worker_threads';
import type { ContextBridge, IpcRenderer } from 'electron';
import { strict } from './strict.ts';

export interface PreloadWorld {
  exposed: Record<string, unknown>;
  required: string[];
  listensTo: string[];
  /** What went to the main process. */
  sent: { channel: string; message: unknown; ports: number }[];
  /** What the preload posted to the page. */
  posted: { message: unknown; targetOrigin: string; ports: number }[];
  /** True when a port of the page and the port that was sent are two ends of one channel. */
  portsAreConnected(): Promise<boolean>;
  /** A drop of files with these paths (none for a file that a script made). */
  drop(event: { isTrusted: boolean; paths: string[] }): void;
  /** A message as the page's `message` event brings it. */
  say(event: { from: 'window' | 'frame' | 'nobody'; origin: string; data: unknown }): void;
  close(): void;
}

export async function runPreload(path: string, origin: string): Promise<PreloadWorld> {
  const exposed: Record<string, unknown> = {};
  const required: string[] = [];
  const sent: PreloadWorld['sent'] = [];
  const posted: PreloadWorld['posted'] = [];
  const mainPorts: InstanceType<typeof MessageChannel>['port1'][] = [];
  const pagePorts: typeof mainPorts = [];
  const listeners = new Map<string, (event: object) => void>();

  const contextBridge = {
    exposeInMainWorld(name: string, api: unknown): void {
      // Electron copies what crosses; what cannot be copied does not get through.
      exposed[name] = structuredClone(api);
    },
  } satisfies Pick<ContextBridge, 'exposeInMainWorld'>;
  const ipcRenderer = {
    postMessage(channel: string, message: unknown, ports: typeof mainPorts = []): void {
      sent.push({ channel, message, ports: ports.length });
      mainPorts.push(...ports);
    },
  } satisfies Record<keyof Pick<IpcRenderer, 'postMessage'>, unknown>;
  const electron = strict('electron', {
    contextBridge: strict('contextBridge', contextBridge),
    ipcRenderer: strict('ipcRenderer', ipcRenderer),
    webUtils: strict('webUtils', { getPathForFile: ({ path }: { path: string }) => path }),
  });
  const window = strict('window', {
    addEventListener(name: string, listener: (event: object) => void): void {
      listeners.set(name, listener);
    },
    postMessage(message: unknown, targetOrigin: string, ports: typeof pagePorts = []): void {
      posted.push({ message, targetOrigin, ports: ports.length });
      pagePorts.push(...ports);
    },
  });
  const require = (name: string): unknown => {
    required.push(name);
    if (name !== 'electron') throw new Error(`module not found: ${name}`);
    return electron;
  };

  const code = await readFile(path, 'utf8');
  const module = { exports: {} };
  runInNewContext(
    code,
    { window, location: { origin }, MessageChannel, require, module, exports: module.exports },
    { filename: path },
  );

  return {
    exposed,
    required,
    listensTo: [...listeners.keys()],
    sent,
    posted,
    async portsAreConnected() {
      const [main] = mainPorts;
      const [page] = pagePorts;
      if (main === undefined || page === undefined) return false;
      const heard = new Promise<unknown>((done) => main.once('message', done));
      page.postMessage('is anybody there?');
      return (await heard) === 'is anybody there?';
    },
    drop: ({ isTrusted, paths }) =>
      listeners.get('drop')?.({ isTrusted, dataTransfer: { files: paths.map((path) => ({ path })) } }),
    say({ from, origin: messageOrigin, data }) {
      const source = { window, frame: {}, nobody: null }[from];
      listeners.get('message')?.({ source, origin: messageOrigin, data });
    },
    close() {
      for (const port of [...mainPorts, ...pagePorts]) port.close();
    },
  };
}
