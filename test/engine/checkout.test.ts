// Looking at a checkout: is it one, is it whole, which commits are in it, which distfiles does it need.
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCheckout, readPreNetworkDistfiles } from '../../src/engine/checkout/open-checkout.ts';
import { readCheckoutTree } from '../../src/engine/checkout/tree.ts';
import { defaultDistfiles, makeCheckout, sha256 } from '../support/checkout-fixture.ts';
import { refusalOf } from '../support/refusals.ts';
import { useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();
const checkout = process.env['LIVE_BOOTSTRAP_DIR'];
const required = process.env['REQUIRE_TOOLS'] === '1';
const hasGit = spawnSync('git', ['--version']).status === 0;
const STAGE0 = 'seed/stage0-posix';

describe('a folder without git', () => {
  test('is a checkout whose commit is not known; an empty submodule that x86 does not need is told', async () => {
    const { path } = await makeCheckout(makeFolder());
    const { facts, findings } = await openCheckout(path);
    expect(facts.commit).toBeNull();
    expect(facts.submodules.map(({ path: at, commit, state }) => [at, commit, state])).toEqual(
      [
        'builder-hex0',
        STAGE0,
        `${STAGE0}/AMD64`,
        `${STAGE0}/M2-Mesoplanet`,
        `${STAGE0}/M2-Mesoplanet/M2libc`,
        `${STAGE0}/M2-Planet`,
        `${STAGE0}/M2-Planet/M2libc`,
        `${STAGE0}/M2libc`,
        `${STAGE0}/bootstrap-seeds`,
        `${STAGE0}/mescc-tools`,
        `${STAGE0}/mescc-tools-extra`,
        `${STAGE0}/mescc-tools-extra/M2libc`,
        `${STAGE0}/mescc-tools/M2libc`,
        `${STAGE0}/x86`,
      ].map((at) => [at, null, at.endsWith('AMD64') ? 'absent' : 'present']),
    );
    expect(findings.map(({ id, level }) => [id, level])).toEqual([
      ['checkout-commit-unknown', 'warning'],
      ['submodule-absent', 'warning'],
    ]);
    expect(findings[1]?.detail).toContain(`${STAGE0}/AMD64.`);
  });

  test.each(['builder-hex0', STAGE0, `${STAGE0}/x86`, `${STAGE0}/M2libc`, `${STAGE0}/mescc-tools/M2libc`])(
    'lacks %s: the submodule is named, whether its folder is empty or gone',
    async (submodule) => {
      const { path } = await makeCheckout(makeFolder());
      rmSync(join(path, submodule), { recursive: true });
      const missing = ['CHECKOUT_SUBMODULE_MISSING', { path, submodule }];
      expect(await refusalOf(() => openCheckout(path))).toEqual(missing);
      mkdirSync(join(path, submodule));
      writeFileSync(join(path, submodule, '.git'), 'gitdir: elsewhere\n');
      expect(await refusalOf(() => openCheckout(path))).toEqual(missing);
    },
  );

  test('a submodule that is not whole names the file that is not there', async () => {
    const { path } = await makeCheckout(makeFolder());
    rmSync(join(path, STAGE0, 'x86', 'kaem-minimal.hex0'));
    expect(await refusalOf(() => openCheckout(path))).toEqual([
      'CHECKOUT_INVALID',
      { path, missing: `${STAGE0}/x86/kaem-minimal.hex0` },
    ]);
  });

  test('no checkout at all: an empty folder, a file, nothing', async () => {
    const folder = makeFolder();
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(await refusalOf(() => openCheckout(folder))).toEqual([
      'CHECKOUT_INVALID',
      { path: folder, missing: 'steps/manifest' },
    ]);
    expect(await refusalOf(() => openCheckout(file))).toEqual([
      'CHECKOUT_INVALID',
      { path: file, missing: 'steps/manifest' },
    ]);
    expect(await refusalOf(() => openCheckout(join(folder, 'none')))).toEqual([
      'NOT_FOUND',
      { path: join(folder, 'none') },
    ]);
  });
});

describe.skipIf(!hasGit && !required)('a git work tree (needs git)', () => {
  const git = (folder: string, ...args: string[]): string => {
    const options = ['-c', 'user.name=T', '-c', 'user.email=t@example.org', '-c', 'init.defaultBranch=main'];
    const done = spawnSync('git', ['-C', folder, ...options, ...args], { encoding: 'utf8' });
    expect([done.status, done.stderr]).toEqual([0, done.stderr]);
    return done.stdout.trim();
  };

  /** Makes `folder` a repository of all that lies in it; repositories further down become gitlinks. */
  const commitAll = (folder: string): string => {
    git(folder, 'init', '--quiet');
    git(folder, 'add', '--all');
    git(folder, 'commit', '--quiet', '--message', 'x');
    return git(folder, 'rev-parse', 'HEAD');
  };

  test('names its commit and those that its trees record, at every depth', async () => {
    const { path } = await makeCheckout(makeFolder());
    const nested = commitAll(join(path, STAGE0, 'M2libc'));
    const stage0 = commitAll(join(path, STAGE0));
    const head = commitAll(path);
    const { facts, findings } = await openCheckout(path);
    expect(facts.commit).toBe(head);
    const recorded = facts.submodules.filter(({ commit }) => commit !== null);
    expect(recorded).toEqual([
      { path: STAGE0, commit: stage0, state: 'present' },
      { path: `${STAGE0}/M2libc`, commit: nested, state: 'present' },
    ]);
    expect(findings.map(({ id }) => id)).toEqual(['submodule-absent']);
  });

  test('a submodule at another commit than the tree records is told, with both', async () => {
    const { path } = await makeCheckout(makeFolder());
    const recorded = commitAll(join(path, STAGE0));
    commitAll(path);
    writeFileSync(join(path, STAGE0, 'more'), '');
    const actual = commitAll(join(path, STAGE0));
    const { findings } = await openCheckout(path);
    const moved = findings.find(({ id }) => id === `submodule-moved:${STAGE0}`);
    expect(moved?.detail).toBe(`It is at ${actual}, the checkout records ${recorded}.`);
  });

  test('an export inside another repository does not take that one’s commit', async () => {
    const folder = makeFolder();
    const { path } = await makeCheckout(folder);
    commitAll(folder);
    expect((await openCheckout(path)).facts.commit).toBeNull();
  });

  test('no hook, filter or monitor that the checkout configures is run', async () => {
    const { path } = await makeCheckout(makeFolder());
    commitAll(path);
    const trap = join(path, 'trap.sh');
    writeFileSync(trap, `#!/bin/sh\ntouch '${path}/sprung'\n`);
    chmodSync(trap, 0o755);
    for (const key of ['core.fsmonitor', 'core.pager', 'core.sshCommand', 'diff.external', 'core.editor'])
      git(path, 'config', key, trap);
    expect((await openCheckout(path)).facts.commit).toMatch(/^[0-9a-f]{40}$/);
    expect(spawnSync('test', ['-e', join(path, 'sprung')]).status).toBe(1);
  });

  test.skipIf(process.getuid?.() !== 0)(
    'a folder of another user’s is not trusted by git: no commit, and that is told (needs root)',
    async () => {
      const { path } = await makeCheckout(makeFolder());
      commitAll(path);
      chownSync(path, 12_345, 12_345);
      chownSync(join(path, '.git'), 12_345, 12_345);
      const { facts, findings } = await openCheckout(path);
      expect(facts.commit).toBeNull();
      expect(findings[0]?.detail).toContain('belongs to another user');
    },
  );
});

describe('what goes into the stream', () => {
  test('stage0-posix without its seeds, the files of seed/ over it, steps; links followed, git’s files left out', async () => {
    const { path } = await makeCheckout(makeFolder());
    const tree = await readCheckoutTree(path);
    const paths = tree.map((entry) => (entry.file === null ? `${entry.path}/` : entry.path));
    expect(paths).toEqual([
      './AMD64/',
      './High Level Prototypes/',
      './High Level Prototypes/stage0.c',
      './M2-Mesoplanet/',
      './M2-Mesoplanet/M2libc/',
      './M2-Mesoplanet/M2libc/bootstrappable.c',
      './M2-Mesoplanet/cc.c',
      './M2-Planet/',
      './M2-Planet/M2libc/',
      './M2-Planet/M2libc/bootstrappable.c',
      './M2-Planet/cc.c',
      './M2libc/',
      './M2libc/bootstrappable.c',
      './after.kaem',
      './kaem.x86',
      './mescc-tools/',
      './mescc-tools/M2libc/',
      './mescc-tools/M2libc/bootstrappable.c',
      './mescc-tools/hex2.c',
      './mescc-tools-extra/',
      './mescc-tools-extra/M2libc/',
      './mescc-tools-extra/M2libc/bootstrappable.c',
      './mescc-tools-extra/sha256sum.c',
      './seed.kaem',
      './steps/',
      './steps/alpha-1.0/',
      './steps/alpha-1.0/pass1.kaem',
      './steps/alpha-1.0/sources',
      './steps/beta-2.0/',
      './steps/beta-2.0/files/',
      './steps/beta-2.0/files/.keep',
      './steps/beta-2.0/pass1.sh',
      './steps/beta-2.0/pass2.sh',
      './steps/beta-2.0/patches/',
      './steps/beta-2.0/patches/pass1.kaem',
      './steps/beta-2.0/patches/sources',
      './steps/env',
      './steps/late-3.0/',
      './steps/late-3.0/sources',
      './steps/manifest',
      './x86/',
      './x86/artifact/',
      './x86/hex0_x86.hex0',
      './x86/kaem-minimal.hex0',
    ]);
    expect(tree.find((entry) => entry.path === './after.kaem')?.file).toBe(join(path, 'seed', 'after.kaem'));
  });

  test.each([
    ['out of the checkout', '../../outside', /out of the checkout/],
    ['to an absolute path', '/etc/hostname', /out of the checkout/],
    ['into git’s own data', '../.git/config', /out of the checkout/],
    ['nowhere', 'not-there', /leads nowhere/],
    ['to itself', 'trap', /leads nowhere/],
    ['to the folder that it lies in', '.', /folder that it lies in/],
    ['to a folder further up', '..', /folder that it lies in/],
  ])('a link that leads %s is refused by name', async (_where, link, reason) => {
    const root = makeFolder();
    writeFileSync(join(root, 'outside'), 'secret');
    const { path } = await makeCheckout(root, {
      edit: (files) => files.set('.git/config', 'secret').set('steps/trap', { link }),
    });
    expect(await refusalOf(() => readCheckoutTree(path))).toEqual([
      'SRCFS_NAME_REFUSED',
      { path: './steps/trap', reason: expect.stringMatching(reason) as unknown },
    ]);
  });

  test('a folder at the top that is itself a link out of the checkout is refused', async () => {
    const root = makeFolder();
    const { path } = await makeCheckout(root);
    renameSync(join(path, 'steps'), join(root, 'elsewhere'));
    spawnSync('ln', ['-s', '../elsewhere', join(path, 'steps')]);
    expect(await refusalOf(() => readCheckoutTree(path))).toMatchObject([
      'SRCFS_NAME_REFUSED',
      { path: './steps' },
    ]);
  });

  test('two links that hold each other end in an error, not in an endless tree', async () => {
    const { path } = await makeCheckout(makeFolder(), {
      edit: (files) => files.set('steps/a/to-b', { link: '../b' }).set('steps/b/to-a', { link: '../a' }),
    });
    expect(await refusalOf(() => readCheckoutTree(path))).toMatchObject(['SRCFS_NAME_REFUSED', {}]);
  });

  test('links that double the tree with each level stop at a number of entries', async () => {
    const { path } = await makeCheckout(makeFolder(), {
      edit: (files) => {
        for (let level = 0; level < 24; level += 1) {
          files.set(`steps/l${level}/a`, { link: `../l${level + 1}` });
          files.set(`steps/l${level}/b`, { link: `../l${level + 1}` });
        }
        files.set('steps/l24/file', 'x');
      },
    });
    expect(await refusalOf(() => readCheckoutTree(path))).toMatchObject([
      'SRCFS_BUDGET_EXCEEDED',
      { limit: 14_332 },
    ]);
  });

  test('a pipe is refused by name and does not make us wait', async () => {
    const { path } = await makeCheckout(makeFolder());
    spawnSync('mkfifo', [join(path, 'steps', 'pipe')]);
    expect(await refusalOf(() => readCheckoutTree(path))).toEqual([
      'SRCFS_NAME_REFUSED',
      { path: './steps/pipe', reason: 'it is neither a file nor a folder' },
    ]);
  });

  test.each(['external', 'steps', 'init'])('stage0-posix with a %s of its own is refused', async (name) => {
    const { path } = await makeCheckout(makeFolder(), {
      edit: (files) => files.set(`${STAGE0}/${name}`, 'in the way'),
    });
    expect(await refusalOf(() => readCheckoutTree(path))).toEqual([
      'SRCFS_NAME_REFUSED',
      { path: `./${name}`, reason: 'the bootstrap puts its own there' },
    ]);
  });
});

describe('pre-network distfiles', () => {
  test('in the manifest’s order up to the network, with the steps that need them', async () => {
    const { path } = await makeCheckout(makeFolder(), {
      edit: (files) =>
        files.set(
          'steps/beta-2.0/sources',
          `f http://other.example/alpha-1.0.tar.gz ${sumOf('alpha-1.0.tar.gz')}\n`,
        ),
    });
    expect(await readPreNetworkDistfiles({ path })).toEqual([
      {
        name: 'alpha-1.0.tar.gz',
        sha256: sumOf('alpha-1.0.tar.gz'),
        urls: ['http://example.org/alpha-1.0.tar.gz', 'http://other.example/alpha-1.0.tar.gz'],
        steps: ['alpha-1.0', 'beta-2.0'],
      },
      { name: 'beta-2.0.tar.xz', sha256: sumOf('beta-2.0.tar.xz'), urls: [], steps: ['alpha-1.0'] },
    ]);
  });

  test('one name with two checksums, and a step without a folder, are refused at their lines', async () => {
    const { path } = await makeCheckout(makeFolder(), {
      edit: (files) =>
        files.set('steps/beta-2.0/sources', `f http://e.org/alpha-1.0.tar.gz ${'1'.repeat(64)}\n`),
    });
    expect(await refusalOf(() => readPreNetworkDistfiles({ path }))).toMatchObject([
      'CHECKOUT_UNREADABLE',
      { file: 'steps/beta-2.0/sources', line: 1 },
    ]);
    rmSync(join(path, 'steps', 'beta-2.0'), { recursive: true });
    expect(await refusalOf(() => readPreNetworkDistfiles({ path }))).toEqual([
      'CHECKOUT_UNREADABLE',
      { file: 'steps/manifest', line: 4, reason: 'there is no folder steps/beta-2.0' },
    ]);
  });

  test.skipIf(checkout === undefined)(
    '71 files at 984b8322, one of which only mirrors have (needs LIVE_BOOTSTRAP_DIR)',
    async () => {
      const distfiles = await readPreNetworkDistfiles(await openCheckout(checkout ?? ''));
      expect(distfiles).toHaveLength(71);
      expect(distfiles.filter(({ urls }) => urls.length === 0).map(({ name }) => name)).toEqual([
        'gnulib-8e128e.tar.gz',
      ]);
    },
  );
});

function sumOf(name: string): string {
  return sha256(defaultDistfiles().get(name) ?? '');
}
