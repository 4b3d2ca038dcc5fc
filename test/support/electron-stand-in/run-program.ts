// Runs the built main bundle under plain Node with `electron` mapped to the stand-in, and lets a test act on it.
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { PROJECT_ROOT } from '../built.ts';
import type { ActCall, PortSender, StandInActs, StandInNews, StandInSetup } from './acts.ts';

export type ActProxy = {
  [K in keyof StandInActs]: (
    ...args: Parameters<StandInActs[K]>
  ) => Promise<Awaited<ReturnType<StandInActs[K]>>>;
};

export interface RunningProgram {
  pid: number;
  act: ActProxy;
  /** The page's end of a port that was sent to the program; `closed` resolves when either side closed it. */
  openPort(
    sender?: Partial<PortSender>,
  ): Promise<{ port: MessagePort; index: number; closed: Promise<void> }>;
  /** Exit code, once it has ended. */
  ended: Promise<number | null>;
  /** What it wrote on stderr. */
  stderr(): string;
  /** End it the hard way, if it still runs. */
  kill(): Promise<void>;
}

const MAIN = join(PROJECT_ROOT, 'out', 'main', 'index.js');

const PAGE_SENDER: PortSender = {
  contents: 'page',
  frame: { url: 'app://seedbed/', isMain: true },
  channel: 'seedbed-port',
  ports: 1,
};

export interface ProgramOptions {
  standIn: string;
  /** The data folder (SEEDBED_HOME). */
  home: string;
  setup?: Partial<StandInSetup>;
  env?: Record<string, string>;
  /** The main bundle; the built one of this project when it is not given. */
  entry?: string;
}

export function runProgram({
  standIn,
  home,
  setup = {},
  env = {},
  entry = MAIN,
}: ProgramOptions): RunningProgram {
  const child = fork(entry, [], {
    execArgv: ['--import', mapElectronTo(standIn)],
    env: { ...process.env, ...env, SEEDBED_HOME: home, SEEDBED_STAND_IN: JSON.stringify(setup) },
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  const line = openLine(child, () => stderr);

  return {
    pid: child.pid ?? -1,
    act: line.act,
    async openPort(sender = {}) {
      const [index] = await line.act.sendPorts({ ...PAGE_SENDER, ...sender });
      if (index === undefined) throw new Error('no port was sent');
      return { index, ...line.page(index) };
    },
    ended,
    stderr: () => stderr,
    async kill() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
    },
  };
}

/** `--import` for Node: resolve `electron` to the stand-in, whoever asks. */
function mapElectronTo(standIn: string): string {
  const hooks = `export const resolve = (name, context, next) => name === 'electron' ? { url: ${JSON.stringify(pathToFileURL(standIn).href)}, shortCircuit: true } : next(name, context);`;
  const script = `import { register } from 'node:module'; register(${JSON.stringify(asDataUrl(hooks))});`;
  return asDataUrl(script);
}

function asDataUrl(script: string): string {
  return `data:text/javascript,${encodeURIComponent(script)}`;
}

/** Calls over the child's IPC channel, and a local port for each port of the page. */
function openLine(child: ChildProcess, stderr: () => string) {
  const waiting = new Map<number, { done: (value: unknown) => void; fail: (error: Error) => void }>();
  const pages = new Map<number, { inner: MessagePort; outer: MessagePort; closed: Promise<void> }>();
  let lastId = 0;

  const call = (act: keyof StandInActs, args: unknown[]): Promise<unknown> =>
    new Promise((done, fail) => {
      if (!child.connected) {
        fail(new Error(`the program has ended\n${stderr()}`));
        return;
      }
      lastId += 1;
      waiting.set(lastId, { done, fail });
      child.send({ id: lastId, act, args } satisfies ActCall);
    });

  function page(index: number) {
    let entry = pages.get(index);
    if (entry === undefined) {
      const { port1: inner, port2: outer } = new MessageChannel();
      const closed = new Promise<void>((done) => outer.once('close', done));
      inner.on('message', (message) => void call('postToPort', [index, message]).catch(() => undefined));
      inner.once('close', () => void call('closePort', [index]).catch(() => undefined));
      entry = { inner, outer, closed };
      pages.set(index, entry);
    }
    return entry;
  }

  child.on('message', (news: StandInNews) => {
    if (news.news === 'port-message') page(news.port).inner.postMessage(news.message);
    else if (news.news === 'port-close') page(news.port).inner.close();
    else {
      const asked = waiting.get(news.id);
      waiting.delete(news.id);
      if (news.news === 'answer') asked?.done(news.value);
      else asked?.fail(new Error(news.message));
    }
  });
  child.once('disconnect', () => {
    for (const { fail } of waiting.values()) fail(new Error(`the program has ended\n${stderr()}`));
    waiting.clear();
    for (const { inner } of pages.values()) inner.close();
  });

  const act = new Proxy({} as ActProxy, {
    get:
      (_target, name) =>
      (...args: unknown[]) =>
        call(name as keyof StandInActs, args),
  });
  return { act, page: (index: number) => ({ port: page(index).outer, closed: page(index).closed }) };
}
