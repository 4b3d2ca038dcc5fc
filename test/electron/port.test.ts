// The one way from the page to the engine: who gets a port, and that the contract answers over it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { PortSender } from '../support/electron-stand-in/acts.ts';
import type { RunningProgram } from '../support/electron-stand-in/run-program.ts';
import {
  openClient,
  type PageLine,
  until,
  usePrograms,
  windowShown,
} from '../support/electron-stand-in/use-programs.ts';

const start = usePrograms();
let program: RunningProgram;
let home = '';
const lines: PageLine[] = [];
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'seedbed-port-'));
  program = start({ home });
  await windowShown(program);
});
afterEach(() => {
  for (const line of lines.splice(0)) line.close();
});
afterAll(async () => {
  await program.kill();
  rmSync(home, { recursive: true, force: true });
});

async function openLine(): Promise<PageLine> {
  const line = await openClient(program);
  lines.push(line);
  return line;
}

describe('a port is refused, by closing it, for', () => {
  const PAGE = { url: 'app://seedbed/', isMain: true };
  test.each<[string, Partial<PortSender>]>([
    ['a frame inside the page', { frame: { ...PAGE, isMain: false } }],
    ['a main frame that shows something else', { frame: { url: 'https://example.org/', isMain: true } }],
    ['a main frame whose address begins like ours', { frame: { url: 'app://seedbed.org/', isMain: true } }],
    ['another host of our scheme', { frame: { url: 'app://other/', isMain: true } }],
    ['a file', { frame: { url: 'file:///seedbed/index.html', isMain: true } }],
    ['an empty page', { frame: { url: 'about:blank', isMain: true } }],
    ['a frame that has gone', { frame: null }],
    ['contents that are none of our windows', { contents: 'other', frame: PAGE }],
    ['our page, when it sends two at once', { ports: 2 }],
  ])('%s', async (_who, sender) => {
    const { closed, index } = await program.openPort(sender);
    await closed;
    expect(await program.act.postedTo(index)).toBe(0);
  });

  test('a message without a port, which changes nothing', async () => {
    const sender: PortSender = {
      contents: 'page',
      frame: { url: 'app://seedbed/', isMain: true },
      channel: 'seedbed-port',
      ports: 0,
    };
    expect(await program.act.sendPorts(sender)).toEqual([]);
    const { client } = await openLine();
    expect((await client.host.info({})).host).toBe('window');
  });

  test('no other channel: a port sent there is heard by nobody', async () => {
    const { port, index } = await program.openPort({ channel: 'seedbed' });
    port.postMessage('{}');
    const { client } = await openLine();
    await client.host.info({});
    expect(await program.act.postedTo(index)).toBe(0);
    port.close();
  });
});

describe('what is dropped on the page', () => {
  const drop = (message: unknown, sender: Partial<PortSender> = {}) =>
    program.openPort({ channel: 'seedbed-drop', message, ...sender });

  test('comes back as tokens of the paths that the preload sent; without a path as nothing', async () => {
    const { port } = await drop([home, '', 'relative', '/a\0b']);
    const places = await new Promise<unknown>((done) => port.once('message', done));
    port.close();
    const token: unknown = expect.stringMatching(/^place-[0-9a-f]{32}$/);
    expect(places).toEqual([{ token, label: home }, null, null, null]);
  });

  test.each<[string, unknown, Partial<PortSender>]>([
    ['a frame inside the page', ['/etc'], { frame: { url: 'app://seedbed/', isMain: false } }],
    ['a page that is not ours', ['/etc'], { frame: { url: 'https://example.org/', isMain: true } }],
    ['contents that are none of our windows', ['/etc'], { contents: 'other' }],
    ['our page, when it sends no list', '/etc', {}],
    ['our page, when something in it is no text', ['/etc', 7], {}],
    ['our page, when it sends too many', Array.from({ length: 1001 }, () => '/etc'), {}],
    ['our page, with two ports', ['/etc'], { ports: 2 }],
  ])('is refused from %s', async (_who, message, sender) => {
    const { closed, index } = await drop(message, sender);
    await closed;
    expect(await program.act.postedTo(index)).toBe(0);
  });
});

describe('our page’s port', () => {
  test('carries calls', async () => {
    const { client } = await openLine();
    expect(await client.host.info({})).toEqual({
      host: 'window',
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
      platform: process.platform,
      dataFolder: home,
      nativeDialog: true,
    });
  });

  test('carries what the host’s dialog gave, as a token and not as a right to paths', async () => {
    const { client } = await openLine();
    await program.act.answerDialog([home]);
    const place = await client.place.choose({ kind: 'checkout' });
    expect(place).toEqual({ token: expect.stringMatching(/^place-[0-9a-f]{32}$/) as string, label: home });
    const { dialogs } = await program.act.record();
    expect(dialogs.at(-1)).toEqual({
      hadWindow: true,
      options: {
        title: 'Choose a live-bootstrap checkout',
        properties: ['openDirectory', 'dontAddToRecent'],
      },
    });
  });

  test('does not list folders: the window has a dialog of its own', async () => {
    const { client } = await openLine();
    expect(await client.place.roots({})).toEqual([]);
    await program.act.answerDialog([home]);
    const place = await client.place.choose({ kind: 'checkout' });
    const failure = await client.place.list({ place: place?.token ?? '' }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'SEEDBED', data: { code: 'INPUT_INVALID' } });
  });

  test('says null when the dialog was cancelled', async () => {
    const { client } = await openLine();
    await program.act.answerDialog(null);
    expect(await client.place.choose({ kind: 'log' })).toBeNull();
  });

  test('carries errors with their code and hint', async () => {
    const { client } = await openLine();
    const failure = await client.run.show({ run: 'nothing' }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'SEEDBED', data: { code: 'RUN_NOT_FOUND' } });
  });

  test.each([
    ['a path instead of a token', 'place/list', { place: '/etc' }],
    ['an unknown field', 'host/info', { verbose: true }],
    ['a procedure that is not there', 'host/__proto__', {}],
  ])('refuses %s', async (_what, path, input) => {
    const { port, index } = await program.openPort();
    const answer = new Promise<string>((done) => port.once('message', (text) => done(String(text))));
    port.postMessage(JSON.stringify({ i: '1', p: { u: `http://orpc/${path}`, b: { json: input } } }));
    expect(await answer).toMatch(/"s":40[04]/);
    expect(await program.act.postedTo(index)).toBe(1);
    port.close();
  });

  test('carries streams, which end when the page cancels them', async () => {
    const { client, index } = await openLine();
    const cancel = new AbortController();
    const jobs = await client.job.watchAll({}, { signal: cancel.signal });
    expect(await jobs.next()).toMatchObject({ done: false, value: [] });
    cancel.abort();
    await expect(jobs.next()).rejects.toThrow();
    await makeNoise();
    const posted = await program.act.postedTo(index);
    await makeNoise();
    expect(await program.act.postedTo(index)).toBe(posted);
  });

  test('ends its streams when it is closed, as by a reload', async () => {
    const line = await openLine();
    const { client, index } = line;
    const jobs = await client.job.watchAll({});
    await jobs.next();
    line.close();
    await until(async () => {
      const before = await program.act.postedTo(index);
      await makeNoise();
      return (await program.act.postedTo(index)) === before;
    });
    await makeNoise();
    const posted = await program.act.postedTo(index);
    await makeNoise();
    expect(await program.act.postedTo(index)).toBe(posted);
  });

  /** A job that starts and ends: every open `watchAll` hears of it. */
  async function makeNoise(): Promise<void> {
    const { client } = await openLine();
    const jobs = await client.job.watchAll({});
    const { jobId } = await client.run.start({
      image: { id: 'nothing' },
      accelerator: 'tcg',
      memoryMiB: 4096,
      cores: 1,
    });
    for await (const list of jobs) if (list.find((job) => job.id === jobId)?.state === 'failed') break;
  }
});
