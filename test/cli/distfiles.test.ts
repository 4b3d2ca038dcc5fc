// seedbed distfiles, mirror and settings, as a person uses them.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../support/built.ts';
import { defaultDistfiles, makeCheckout } from '../support/checkout-fixture.ts';
import { runCli, startCli } from '../support/cli.ts';
import { useMisbehavingServers } from '../support/misbehaving-server.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();
const startServer = useMisbehavingServers();
beforeAll(ensureBuilt);

const FILES = new Map([...defaultDistfiles()].map(([name, bytes]) => [name, Buffer.from(bytes)]));
/** Nobody outside is asked. */
const INSIDE = ['--no-mirrors', '--no-upstream', '--no-archives', '--no-git'];

async function setUp(): Promise<{ env: Record<string, string>; checkout: string; root: string }> {
  const root = tempFolder();
  const { path } = await makeCheckout(root, { edit: (files) => files.delete('steps/late-3.0/sources') });
  return { env: { SEEDBED_HOME: join(root, 'home') }, checkout: path, root };
}

describe('seedbed distfiles', () => {
  it('fetch from a mirror, status, verify', async () => {
    const { env, checkout } = await setUp();
    const server = await startServer({ files: FILES });
    const fetched = await runCli(
      ['distfiles', 'fetch', '--checkout', checkout, '--mirror', server.url, ...INSIDE],
      env,
    );
    expect(fetched).toMatchObject({ code: 0 });
    expect(fetched.stdout).toContain('2 wanted, 0 were there, 2 added');
    const status = await runCli(['distfiles', 'status', '--checkout', checkout], env);
    expect(status).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('present:     2 of 2') as string,
    });
    const verified = await runCli(['distfiles', 'verify', '--json'], env);
    expect(verified.code).toBe(0);
    expect(JSON.parse(verified.stdout)).toMatchObject({ files: 2, damaged: [] });
  });

  it('what nobody has: every source’s answer on stdout, the error and what to do on stderr, exit code 1', async () => {
    const { env, checkout } = await setUp();
    const server = await startServer({ files: new Map([...FILES].slice(0, 1)) });
    const args = ['distfiles', 'fetch', '--checkout', checkout, '--mirror', server.url, ...INSIDE];
    const fetched = await runCli(args, env);
    expect(fetched.code).toBe(1);
    expect(fetched.stdout).toContain('missing: beta-2.0.tar.xz');
    expect(fetched.stdout).toContain(`mirror ${server.host}: HTTP 404`);
    expect(fetched.stderr).toContain(
      'error[DISTFILES_INCOMPLETE]: 1 of 2 distfiles are missing: beta-2.0.tar.xz: HTTP 404.',
    );
    expect(fetched.stderr).toContain('hint: ');
    // Another process knows it, too.
    const status = await runCli(['distfiles', 'status', '--missing', '--checkout', checkout], env);
    expect(status.stdout).toContain(`mirror ${server.host}: HTTP 404`);
  });

  it('import from a folder names what is still missing, with its addresses', async () => {
    const { env, checkout, root } = await setUp();
    const stick = join(root, 'distfiles');
    await writeFile(join(stick, 'beta-2.0.tar.xz'), 'something else');
    const done = await runCli(['distfiles', 'import', stick, '--checkout', checkout], env);
    expect(done).toMatchObject({ code: 0 });
    expect(done.stdout).toContain('1 added');
    expect(done.stdout).toContain('missing: beta-2.0.tar.xz');
    expect(done.stdout).toContain('snapshot of git://example.org/beta-2.0.tar.xz at 1');
    expect(done.stdout).toContain(`other bytes: ${join(stick, 'beta-2.0.tar.xz')}`);
  });

  it('show tells the order of the sources and where a file came from; confirm asks the others', async () => {
    const { env, checkout } = await setUp();
    const [server, other] = [await startServer({ files: FILES }), await startServer({ files: FILES })];
    const at = ['--checkout', checkout];
    await runCli(['distfiles', 'fetch', ...at, '--mirror', server.url, ...INSIDE], env);
    const shown = await runCli(['distfiles', 'show', 'beta-2.0.tar.xz', ...at], env);
    expect(shown.stdout).toMatch(/^beta-2\.0\.tar\.xz: present, /);
    expect(shown.stdout).toContain(`from     mirror ${server.host} ${server.url}/beta-2.0.tar.xz, http, 20`);
    expect(shown.stdout).toMatch(/source 1 mirror samuelt\.me https.*\n(?:.*\n)*.*source \d git git:/);
    const confirmed = await runCli(['distfiles', 'confirm', ...at, '--mirror', other.url, ...INSIDE], env);
    expect(confirmed).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('2 stored files: 2 have the word of a second source') as string,
    });
    const after = await runCli(['distfiles', 'show', 'beta-2.0.tar.xz', ...at], env);
    expect(after.stdout).toContain(`agrees   mirror ${other.host}`);
  });

  it('Ctrl-C keeps what is there, says so, and ends with 130', async () => {
    const { env, checkout } = await setUp();
    const server = await startServer({
      files: FILES,
      behave: (name) => (name.startsWith('beta') ? { kind: 'silent' } : undefined),
    });
    const running = await startCli(
      ['distfiles', 'fetch', '--checkout', checkout, '--mirror', server.url, ...INSIDE],
      env,
    );
    await expect.poll(() => server.of('beta-2.0.tar.xz').length, { timeout: 20_000 }).toBe(1);
    running.child.kill('SIGINT');
    const end = await running.done;
    expect(end.code).toBe(130);
    expect(end.stderr).toContain('error[CANCELLED]: Cancelled. 1 of 2 distfiles are in the store');
  });

  it('without a checkout means the default one, which has to be fetched first', async () => {
    const { env } = await setUp();
    const done = await runCli(['distfiles', 'status'], env);
    expect(done).toMatchObject({ code: 1, stderr: expect.stringContaining('checkout fetch') as string });
  });
});

describe('seedbed mirror', () => {
  it('create a folder, serve it, and fetch from it elsewhere', async () => {
    const { env, checkout, root } = await setUp();
    const server = await startServer({ files: FILES });
    const folder = join(root, 'mirror');
    const created = await runCli(
      ['mirror', 'create', folder, '--checkout', checkout, '--mirror', server.url, ...INSIDE],
      env,
    );
    expect(created).toMatchObject({ code: 0 });
    expect((await readdir(folder)).sort()).toEqual([...FILES.keys()].sort());
    const serving = await startCli(['mirror', 'serve', '--folder', folder], env);
    const [, url = ''] = await serving.says(/Serving 2 files .* at (http:\/\/127\.0\.0\.1:\d+)/);
    const other = { SEEDBED_HOME: join(root, 'other') };
    const fetched = await runCli(
      ['distfiles', 'fetch', '--checkout', checkout, '--mirror', url, ...INSIDE],
      other,
    );
    expect(fetched).toMatchObject({ code: 0 });
    serving.child.kill('SIGINT');
    expect(await serving.done).toMatchObject({ code: 0 });
  });
});

describe('seedbed settings', () => {
  it('are shown, changed, and refused when they make no sense', async () => {
    const { env, root } = await setUp();
    const set = await runCli(['settings', 'set', 'distfiles.archives', 'nixpkgs'], env);
    expect(set.stdout).toContain('distfiles.archives = nixpkgs\n');
    expect(JSON.parse(await readFile(join(root, 'home', 'settings.json'), 'utf8'))).toMatchObject({
      version: 1,
      distfiles: { archives: ['nixpkgs'] },
    });
    const rule = 'https://github.com/{owner}/{name}=https://git.example.org/{name}';
    const mapped = await runCli(['settings', 'set', 'checkout.map', rule], env);
    expect(mapped.stdout).toContain(`checkout.map = ${rule}\n`);
    expect((await runCli(['settings', 'set', 'checkout.map', 'a=b'], env)).stderr).toContain('FROM=TO');
    const none = await runCli(['settings', 'set', 'checkout.map', ''], env);
    expect(none.stdout).toContain('checkout.map = \n');
    const wrong = await runCli(['settings', 'set', 'distfiles.archives', 'napster'], env);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('error[USAGE]') as string });
  });

  it('of a newer Seedbed are left alone', async () => {
    const { env, root, checkout } = await setUp();
    await runCli(['settings', 'show'], env);
    const path = join(root, 'home', 'settings.json');
    await writeFile(path, '{"version":2,"distfiles":{"git":false}}');
    for (const args of [
      ['settings', 'set', 'distfiles.git', 'true'],
      ['distfiles', 'fetch', '--checkout', checkout],
    ]) {
      const done = await runCli(args, env);
      expect(done).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('error[RECORD_INVALID]') as string,
      });
    }
    expect(await readFile(path, 'utf8')).toBe('{"version":2,"distfiles":{"git":false}}');
  });
});
