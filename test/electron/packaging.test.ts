// electron-builder.yml, by what electron-builder makes of it with a made-up Electron: which files, where, and with which fuses.
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Job } from '../../src/shared/model/job.ts';
import { PROJECT_ROOT } from '../support/built.ts';
import { openClient, usePrograms, windowShown } from '../support/electron-stand-in/use-programs.ts';
import { makeElectronFolder, readAsar, readFuses, unpack } from '../support/packaging.ts';

const start = usePrograms();
let folder = '';
let packed = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'seedbed-package-'));
  const { version } = JSON.parse(
    readFileSync(join(PROJECT_ROOT, 'node_modules', 'electron', 'package.json'), 'utf8'),
  ) as { version: string };
  makeElectronFolder(join(folder, 'electron'), version);
  const builder = join(PROJECT_ROOT, 'node_modules', 'electron-builder', 'cli.js');
  const options = [
    `-c.electronDist=${join(folder, 'electron')}`,
    `-c.directories.output=${join(folder, 'dist')}`,
  ];
  await promisify(execFile)(process.execPath, [builder, '--linux', 'dir', '--x64', ...options], {
    cwd: PROJECT_ROOT,
  });
  packed = join(folder, 'dist', 'linux-unpacked');
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the archive holds the window’s three parts and what they need at run time, and nothing else', () => {
  const names = [...readAsar(join(packed, 'resources', 'app.asar')).keys()];
  expect(names).toEqual(
    expect.arrayContaining([
      'package.json',
      'out/main/index.js',
      'out/preload/index.cjs',
      'out/renderer/index.html',
    ]),
  );
  const places = names.map((name) => /^(?:out\/[\w.]+|[^/]+)/.exec(name)?.[0] ?? name);
  const allowed = [
    'node_modules',
    'out/main',
    'out/preload',
    'out/renderer',
    // Seedbed's own bill of materials.
    'out/seedbed.cdx.json',
    'package.json',
  ];
  expect([...new Set(places)].filter((place) => !allowed.includes(place))).toEqual([]);
  expect(
    names.filter((name) => /electron|vite|react|\.map$|\.node$/.test(name.replace(/^out\/renderer\//, ''))),
  ).toEqual([]);
});

test('the boot check lies beside the archive, byte for byte', () => {
  const ours = join(PROJECT_ROOT, 'resources', 'boot-check');
  const theirs = join(packed, 'resources', 'boot-check');
  expect(readdirSync(theirs).sort()).toEqual(readdirSync(ours).sort());
  for (const name of readdirSync(ours))
    expect(readFileSync(join(theirs, name)).equals(readFileSync(join(ours, name)))).toBe(true);
});

test('the program that writes drives lies beside the archive, alone and whole', () => {
  const read = (path: string): string => readFileSync(path, 'utf8');
  const packedHelper = read(join(packed, 'resources', 'flash-helper.mjs'));
  expect(packedHelper).toBe(read(join(PROJECT_ROOT, 'out', 'helper', 'flash-helper.mjs')));
  const imports = [...packedHelper.matchAll(/\bfrom ["']([^"']+)["']/g)].map(([, name]) => name);
  expect(imports.length).toBeGreaterThan(0);
  expect(imports.filter((name) => name?.startsWith('node:') !== true)).toEqual([]);
  expect(packedHelper).not.toMatch(/\bimport\(|\brequire\(|createServer|\.listen\(/);
});

test('the command line lies beside the archive with all that it needs: it starts alone, and can open a terminal', async () => {
  const alone = join(folder, 'alone', 'resources');
  cpSync(join(packed, 'resources'), alone, { recursive: true, filter: (path) => !path.endsWith('.asar') });
  const env = { ...process.env, SEEDBED_HOME: join(folder, 'cli-home') };
  const node = (args: string[]): Promise<{ stdout: string }> =>
    promisify(execFile)(process.execPath, args, { cwd: join(alone, 'cli'), env });
  const { stdout } = await node(['index.js', 'runs', 'list', '--json']);
  expect(JSON.parse(stdout)).toEqual([]);
  const uses = "await import('mbr'); const { spawn } = await import('node-pty'); console.log(typeof spawn);";
  expect((await node(['--input-type=module', '--eval', uses])).stdout).toBe('function\n');
});

test('the program is no Node, takes no debugger, and loads its code from the archive only', () => {
  expect(readFuses(join(packed, 'seedbed'))).toEqual({
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
  });
});

test('what was packed is whole: it starts away from the project, shows its page and builds the boot check', async () => {
  const app = join(folder, 'app');
  unpack(readAsar(join(packed, 'resources', 'app.asar')), app);
  const program = start({
    home: join(folder, 'home'),
    entry: join(app, 'out', 'main', 'index.js'),
    setup: { isPackaged: true, resourcesPath: join(packed, 'resources') },
  });
  await windowShown(program);
  expect((await program.act.request('app://seedbed/', 'GET')).status).toBe(200);
  const { client } = await openClient(program);
  const { jobId } = await client.image.build({ spec: { kind: 'boot-check' } });
  const ends: Job[] = [];
  for await (const job of await client.job.watch({ job: jobId })) ends.push(job);
  expect(ends.at(-1)).toMatchObject({ state: 'done', error: null });
  await program.act.quit();
  expect(await program.ended).toBe(0);
});
