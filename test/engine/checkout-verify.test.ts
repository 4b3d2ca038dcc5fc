// Every way in which a checkout can differ from its commits is named; and nothing else is.
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { compareCheckout } from '../../src/engine/checkout/compare.ts';
import type { FetchedCheckout } from '../../src/engine/checkout/fetch.ts';
import { listRemoteRefs } from '../../src/engine/checkout/remote-refs.ts';
import { removeTree } from '../../src/engine/checkout/work-tree.ts';
import type { CheckoutReport } from '../../src/shared/model/checkout.ts';
import { unlock, useCheckouts } from '../support/checkout-harness.ts';
import { addCommit, git } from '../support/git-forge.ts';
import { hasGitServer } from '../support/git-server.ts';

const ready = hasGitServer();
if (!ready && process.env['REQUIRE_TOOLS'] === '1') throw new Error('git with http-backend is needed');

const STAGE0 = 'seed/stage0-posix';

describe.skipIf(!ready)('verifying a checkout (skipped without git and its http-backend)', () => {
  const use = useCheckouts();
  let checkout: FetchedCheckout;
  let at: (path: string) => string;

  beforeEach(async () => {
    checkout = await use.fetched();
    unlock(checkout.path);
    at = (path) => join(checkout.path, path);
  });

  const verify = (remote = false): Promise<CheckoutReport> =>
    compareCheckout({
      root: checkout.path,
      record: checkout.record,
      remoteRefs: remote ? (address) => listRemoteRefs(address, { cwd: checkout.path }) : null,
    });
  const differences = async (remote = false): Promise<string[]> =>
    (await verify(remote)).differences.map(({ kind, path }) => `${kind} ${path}`);

  it('finds nothing in one that is whole, and says what it compared', async () => {
    const report = await verify(true);
    expect(report).toMatchObject({
      commit: use.forge.commit,
      differences: [],
      leftOut: 0,
      files: use.forge.files.size,
    });
    expect(report.repositories.map(({ path, commit }) => [path, commit]).sort()).toEqual(
      [...use.forge.commits].sort(),
    );
  });

  it('names a flipped byte, whatever the file’s size and time say', async () => {
    const file = at(`${STAGE0}/mescc-tools-extra/M2libc/bootstrappable.c`);
    flipByte(file, 2);
    const report = await verify();
    expect(report.differences).toEqual([
      {
        kind: 'altered',
        path: `${STAGE0}/mescc-tools-extra/M2libc/bootstrappable.c`,
        detail: expect.stringMatching(
          /^git’s name of its content is [0-9a-f]{40}, the commit says [0-9a-f]{40}$/,
        ) as string,
        inImage: true,
        ignored: false,
      },
    ]);
  });

  it('names strays: files, links, whole folders; and says which the repository ignores', async () => {
    writeFileSync(at('steps/extra.sh'), 'extra\n');
    symlinkSync('env', at('steps/link'));
    mkdirSync(at('distfiles/deep'), { recursive: true });
    writeFileSync(at('distfiles/one'), '');
    writeFileSync(at('distfiles/deep/two'), '');
    writeFileSync(at('builder-hex0/.gitignore'), '*\n');
    expect(
      (await verify()).differences.map(({ kind, path, detail, inImage, ignored }) => [
        kind,
        path,
        detail,
        inImage,
        ignored,
      ]),
    ).toEqual([
      ['stray', 'builder-hex0/.gitignore', 'a file that no commit knows', false, true],
      ['stray', 'distfiles/', 'a folder that no commit knows, with 2 files', false, true],
      ['stray', 'steps/extra.sh', 'a file that no commit knows', true, false],
      ['stray', 'steps/link', 'a link that no commit knows', true, false],
    ]);
  });

  it('names missing files, and a missing folder once', async () => {
    rmSync(at('seed/seed.kaem'));
    await removeTree(at('steps/beta-2.0'));
    const report = await verify();
    expect(report.differences.map(({ kind, path, detail }) => [kind, path, detail])).toEqual([
      ['missing', 'seed/seed.kaem', 'the commit has this file, the checkout does not'],
      ['missing', 'steps/beta-2.0/', 'the commit has this folder with 4 files, the checkout does not'],
    ]);
  });

  it('names wrong modes, and files, folders and links that stand for one another', async () => {
    chmodSync(at('rootfs.py'), 0o644);
    chmodSync(at('steps/env'), 0o755);
    rmSync(at('steps/beta-2.0/pass2.sh'));
    writeFileSync(at('steps/beta-2.0/pass2.sh'), 'pass1.sh');
    rmSync(at('lines.txt'));
    mkdirSync(at('lines.txt'));
    rmSync(at('version'));
    symlinkSync('rootfs.py', at('version'));
    expect(await differences()).toEqual([
      'kind lines.txt',
      'mode rootfs.py',
      'kind steps/beta-2.0/pass2.sh',
      'mode steps/env',
      'kind version',
    ]);
  });

  it('names a link that leads elsewhere', async () => {
    rmSync(at('steps/beta-2.0/pass2.sh'));
    symlinkSync('pass3.sh', at('steps/beta-2.0/pass2.sh'));
    expect(await differences()).toEqual(['altered steps/beta-2.0/pass2.sh']);
  });

  it('names a moved submodule once, and what was altered in it besides', async () => {
    const moved = addCommit(join(use.forge.folder, 'builder-hex0'), 'newer', 'newer\n');
    git(at('builder-hex0'), 'fetch', '--quiet', join(use.forge.folder, 'builder-hex0'), 'main');
    git(at('builder-hex0'), 'checkout', '--quiet', '--force', 'FETCH_HEAD');
    expect((await verify()).differences).toEqual([
      expect.objectContaining({
        kind: 'submodule-moved',
        path: 'builder-hex0',
        detail: `it stands at ${moved}, the commit above it records ${use.forge.commits.get('builder-hex0') ?? ''}`,
        inImage: true,
      }),
    ]);
    writeFileSync(at('builder-hex0/stray'), '');
    expect(await differences()).toEqual(['submodule-moved builder-hex0', 'stray builder-hex0/stray']);
  });

  it('names a submodule that was emptied, taken away, or stripped of its repository', async () => {
    await removeTree(at(`${STAGE0}/x86`));
    mkdirSync(at(`${STAGE0}/x86`));
    await removeTree(at(`${STAGE0}/M2libc`));
    rmSync(at('builder-hex0/.git'));
    expect(await differences()).toEqual([
      'submodule-unknown builder-hex0',
      `submodule-missing ${STAGE0}/M2libc`,
      `submodule-missing ${STAGE0}/x86`,
    ]);
  });

  it('names live-bootstrap itself when it stands at another commit', async () => {
    const other = addCommit(join(use.forge.folder, 'live-bootstrap'), 'newer', 'newer\n');
    git(checkout.path, 'fetch', '--quiet', join(use.forge.folder, 'live-bootstrap'), 'main');
    git(checkout.path, 'update-ref', '--no-deref', 'HEAD', other);
    expect(await differences()).toEqual(['commit-moved ']);
  });

  it('names a tag that was rewritten or deleted here', async () => {
    git(at('builder-hex0'), 'tag', '-d', 'plain-1');
    const tools = at(`${STAGE0}/mescc-tools`);
    git(tools, 'tag', '-f', '-a', '-m', 'again', 'Release_1');
    const report = await verify();
    expect(report.differences.map(({ kind, path, detail }) => [kind, path, detail])).toEqual([
      ['tag-rewritten', 'builder-hex0', expect.stringMatching(/^the tag plain-1 here is gone; it was /)],
      [
        'tag-rewritten',
        `${STAGE0}/mescc-tools`,
        expect.stringMatching(/^the tag Release_1 here is [0-9a-f]{40}; it was /),
      ],
    ]);
  });

  it('names a tag that was rewritten at the server, when it is asked', async () => {
    const other = addCommit(join(use.forge.folder, 'builder-hex0'), 'newer', 'newer\n');
    git(join(use.forge.folder, 'builder-hex0'), 'tag', '-f', 'plain-1', other);
    expect(await differences()).toEqual([]);
    const [difference] = (await verify(true)).differences;
    expect(difference).toMatchObject({ kind: 'tag-rewritten', path: 'builder-hex0', inImage: false });
    expect(difference?.detail).toContain(`at file://${use.forge.folder}/builder-hex0 is ${other}`);
  });

  it('believes no object whose bytes do not give its name', async () => {
    // A whole, well-formed object under another object’s name: only a look at the bytes shows it.
    const forged = git(checkout.path, 'hash-object', '-t', 'tree', '-w', '/dev/null');
    const tree = git(checkout.path, 'rev-parse', 'HEAD^{tree}');
    const objects = at('.git/objects');
    for (const name of readdirSync(join(objects, 'pack')))
      renameSync(join(objects, 'pack', name), join(use.folder, name));
    const pack = readdirSync(use.folder).find((name) => name.endsWith('.pack')) ?? '';
    unpack(checkout.path, join(use.folder, pack));
    const place = (id: string): string => join(objects, id.slice(0, 2), id.slice(2));
    rmSync(place(tree));
    mkdirSync(join(objects, tree.slice(0, 2)), { recursive: true });
    writeFileSync(place(tree), readFileSync(place(forged)));
    const [difference, ...others] = (await verify()).differences;
    expect(others).toEqual([]);
    expect(difference).toMatchObject({ kind: 'object-damaged', path: '' });
  });

  it('compares a folder of the user’s with the commits that it stands at', async () => {
    const clone = join(use.folder, 'clone');
    git(use.folder, 'clone', '--quiet', checkout.path, clone);
    git(clone, 'config', '-f', '.git/config', 'core.autocrlf', 'false');
    appendFileSync(join(clone, 'steps/manifest'), '# mine\n');
    const report = await compareCheckout({ root: clone, record: null });
    expect(report.commit).toBe(use.forge.commit);
    expect(report.differences.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      'submodule-missing builder-hex0',
      // Attributes made git write these with other bytes than the commit has.
      'altered lines.txt',
      `submodule-missing ${STAGE0}`,
      'altered steps/manifest',
      'altered version',
    ]);
  });

  it('compares a folder without any git with the commits of a fetched checkout', async () => {
    const plain = join(use.folder, 'plain');
    cpSync(checkout.path, plain, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !path.endsWith('/.git'),
    });
    const against = { folder: checkout.path, record: checkout.record };
    expect((await compareCheckout({ root: plain, record: null, against })).differences).toEqual([]);
    flipByte(join(plain, STAGE0, 'M2-Planet/M2libc/bootstrappable.c'), 0);
    await removeTree(join(plain, 'builder-hex0'));
    const report = await compareCheckout({ root: plain, record: null, against });
    expect(report.commit).toBe(use.forge.commit);
    expect(report.differences.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      'submodule-missing builder-hex0',
      `altered ${STAGE0}/M2-Planet/M2libc/bootstrappable.c`,
    ]);
  });

  it('says nothing of a folder without commits but that it knows none', async () => {
    const plain = join(use.folder, 'plain');
    mkdirSync(plain);
    expect(await compareCheckout({ root: plain, record: null })).toMatchObject({
      commit: null,
      files: 0,
      differences: [],
    });
  });
});

function flipByte(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

/** The objects of a pack as files of their own. */
function unpack(repository: string, pack: string): void {
  const input = readFileSync(pack);
  writeFileSync(join(repository, '.git', 'input'), input);
  git(repository, '-c', 'alias.take=!git unpack-objects -q < .git/input', 'take');
  rmSync(join(repository, '.git', 'input'));
}
