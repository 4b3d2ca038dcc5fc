// app://seedbed/ as the running program answers it: the built page and its headers, and nothing else of the disk.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROJECT_ROOT } from '../support/built.ts';
import type { RunningProgram } from '../support/electron-stand-in/run-program.ts';
import { usePrograms, windowShown } from '../support/electron-stand-in/use-programs.ts';

const PAGE = join(PROJECT_ROOT, 'out', 'renderer');
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
    "connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

const start = usePrograms();
let program: RunningProgram;
let home = '';
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'seedbed-scheme-'));
  program = start({ home });
  await windowShown(program);
});
afterAll(async () => {
  await program.kill();
  rmSync(home, { recursive: true, force: true });
});

test.each(['/', '/index.html', '/?query', '/index.html#fragment'])(
  'gives the page for %s, with its headers',
  async (path) => {
    const answer = await program.act.request(`app://seedbed${path}`, 'GET');
    expect(answer).toEqual({
      cancelled: false,
      status: 200,
      headers: { ...HEADERS, 'content-type': 'text/html; charset=utf-8' },
      body: readFileSync(join(PAGE, 'index.html'), 'utf8'),
    });
  },
);

test('gives every file of the built page with the right type', async () => {
  const names = (await readdir(join(PAGE, 'assets'))).filter((name) => /\.(?:js|css)$/.test(name));
  expect(names.length).toBeGreaterThan(1);
  for (const name of names) {
    const { status, headers } = await program.act.request(`app://seedbed/assets/${name}`, 'GET');
    expect({ name, status, type: headers['content-type'] }).toEqual({
      name,
      status: 200,
      type: name.endsWith('.js') ? 'text/javascript; charset=utf-8' : 'text/css; charset=utf-8',
    });
  }
});

test('the page holds no inline script, which its policy would refuse', () => {
  const scripts = [...readFileSync(join(PAGE, 'index.html'), 'utf8').matchAll(/<script\b[^>]*>/g)];
  expect(scripts.length).toBeGreaterThan(0);
  expect(scripts.map(([tag]) => tag).filter((tag) => !tag.includes(' src='))).toEqual([]);
});

describe('refuses', () => {
  test.each([
    ['a file that is not there', '/nothing.html'],
    ['a folder', '/assets/'],
    ['the main bundle, by ..', '/../main/index.js'],
    ['the main bundle, by encoded dots', '/%2e%2e/main/index.js'],
    ['the main bundle, by half-encoded dots', '/.%2e/main/index.js'],
    ['the main bundle, by an encoded slash', '/..%2fmain/index.js'],
    ['the main bundle, from below', '/assets/..%2f..%2fmain/index.js'],
    ['package.json', '/..%2f..%2fpackage.json'],
    ['the main bundle, by a backslash', '/..\\main\\index.js'],
    ['the main bundle, by an encoded backslash', '/..%5cmain%5cindex.js'],
    ['a folder beside it whose name begins alike', '/..%2frenderer2/index.html'],
    ['an absolute path', '//etc/hosts.json'],
    ['dots encoded twice', '/%252e%252e/main/index.js'],
    ['a NUL in the name', '/index.html%00.js'],
    ['a NUL at the end', '/index.html%00'],
    ['bytes that are no UTF-8', '/%ff%fe.html'],
    ['a broken escape', '/%zz.html'],
    ['a type that the page does not use', '/index.ts'],
  ])('%s', async (_what, path) => {
    const answer = await program.act.request(`app://seedbed${path}`, 'GET');
    expect(answer).toEqual({
      cancelled: false,
      status: 404,
      headers: { ...HEADERS, 'content-type': expect.stringContaining('text/plain') as string },
      body: 'Not found\n',
    });
  });

  test.each(['POST', 'PUT', 'DELETE', 'HEAD'])('the method %s', async (method) => {
    expect((await program.act.request('app://seedbed/index.html', method)).status).toBe(404);
  });
});
