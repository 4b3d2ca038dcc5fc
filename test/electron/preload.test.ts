// The built preload: what the page gets from it, and to whom it answers.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ensureBuilt, PROJECT_ROOT } from '../support/built.ts';
import { type PreloadWorld, runPreload } from '../support/electron-stand-in/run-preload.ts';

const FOLDER = join(PROJECT_ROOT, 'out', 'preload');
const ORIGIN = 'app://seedbed';
const REQUEST = { type: 'seedbed-port-request', nonce: 'f00d' };

beforeAll(ensureBuilt, 300_000);

test('is one small file that requires nothing but electron', async () => {
  expect(await readdir(FOLDER)).toEqual(['index.cjs']);
  const code = await readFile(join(FOLDER, 'index.cjs'), 'utf8');
  expect(code.length).toBeLessThan(4096);
  expect([...code.matchAll(/\b(?:require|import)\s*\(\s*([^)]*)\)/g)].map((match) => match[1])).toEqual([
    '"electron"',
  ]);
});

describe('in the page', () => {
  let world: PreloadWorld;
  beforeEach(async () => {
    world = await runPreload(join(FOLDER, 'index.cjs'), ORIGIN);
  });
  afterEach(() => world.close());

  test('exposes that it is there, and nothing that can be called', () => {
    expect(world.exposed).toEqual({ seedbedHost: { present: true } });
    expect({ required: world.required, listensTo: world.listensTo, sent: world.sent }).toEqual({
      required: ['electron'],
      listensTo: ['message', 'drop'],
      sent: [],
    });
  });

  test('answers a request of its own window with one end of a channel, and sends the other to the main process', async () => {
    world.say({ from: 'window', origin: ORIGIN, data: REQUEST });
    expect(world.sent).toEqual([{ channel: 'seedbed-port', message: null, ports: 1 }]);
    expect(world.posted).toEqual([
      { message: { type: 'seedbed-port', nonce: 'f00d' }, targetOrigin: ORIGIN, ports: 1 },
    ]);
    expect(await world.portsAreConnected()).toBe(true);
  });

  test('gives every request a channel and a nonce of its own', () => {
    world.say({ from: 'window', origin: ORIGIN, data: REQUEST });
    world.say({ from: 'window', origin: ORIGIN, data: { ...REQUEST, nonce: 'cafe' } });
    expect(world.posted.map(({ message }) => message)).toEqual([
      { type: 'seedbed-port', nonce: 'f00d' },
      { type: 'seedbed-port', nonce: 'cafe' },
    ]);
    expect(world.sent).toHaveLength(2);
  });

  test('sends the paths of what the person drops to the main process, and the page one end of a channel without them', () => {
    world.drop({ isTrusted: true, paths: ['/media/stick', ''] });
    expect(world.sent).toEqual([{ channel: 'seedbed-drop', message: ['/media/stick', ''], ports: 1 }]);
    expect(world.posted).toEqual([{ message: { type: 'seedbed-dropped' }, targetOrigin: ORIGIN, ports: 1 }]);
  });

  test.each([
    ['that a script made', { isTrusted: false, paths: ['/etc/passwd'] }],
    ['of something that is no file', { isTrusted: true, paths: [] }],
  ])('does nothing for a drop %s', (_what, event) => {
    world.drop(event);
    expect({ sent: world.sent, posted: world.posted }).toEqual({ sent: [], posted: [] });
  });

  test.each([
    ['another frame', { from: 'frame', origin: ORIGIN, data: REQUEST }],
    ['nobody known', { from: 'nobody', origin: ORIGIN, data: REQUEST }],
    ['another origin', { from: 'window', origin: 'https://example.org', data: REQUEST }],
    ['an origin that only begins like ours', { from: 'window', origin: `${ORIGIN}.org`, data: REQUEST }],
    ['the window, of another type', { from: 'window', origin: ORIGIN, data: { ...REQUEST, type: 'other' } }],
    ['the window, without a nonce', { from: 'window', origin: ORIGIN, data: { type: REQUEST.type } }],
    [
      'the window, with a nonce that is no text',
      { from: 'window', origin: ORIGIN, data: { ...REQUEST, nonce: 7 } },
    ],
    ['the window, as bare text', { from: 'window', origin: ORIGIN, data: REQUEST.type }],
    ['the window, empty', { from: 'window', origin: ORIGIN, data: null }],
    [
      'the window, as its own answer',
      { from: 'window', origin: ORIGIN, data: { type: 'seedbed-port', nonce: 'f00d' } },
    ],
  ] as const)('does nothing for a message of %s', (_who, event) => {
    world.say(event);
    expect({ sent: world.sent, posted: world.posted }).toEqual({ sent: [], posted: [] });
  });
});
