// The real repositories of live-bootstrap 984b8322, from mirrors on this machine: LIVE_BOOTSTRAP_MIRRORS names a folder with <owner>+<name>/repo for each,
// LIVE_BOOTSTRAP_DIR (when given) a checkout that git itself made, which must be the same.
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AddressRule } from '../../src/engine/checkout/address-map.ts';
import { type Checkouts, openCheckouts } from '../../src/engine/checkout/checkouts.ts';
import { planManifest } from '../../src/engine/checkout/manifest-plan.ts';
import { openCheckout } from '../../src/engine/checkout/open-checkout.ts';
import { removeTree } from '../../src/engine/checkout/work-tree.ts';
import { readTree, unlock } from '../support/checkout-harness.ts';
import { git } from '../support/git-forge.ts';
import { type GitServer, startGitServer } from '../support/git-server.ts';

const mirrors = process.env['LIVE_BOOTSTRAP_MIRRORS'];
const reference = process.env['LIVE_BOOTSTRAP_DIR'];
const COMMIT = '984b832224ed9ea701c38e70cf703c6a2aa33243';
const context = { signal: new AbortController().signal, report: (): void => undefined };

describe.skipIf(mirrors === undefined)(
  'the real live-bootstrap (skipped unless LIVE_BOOTSTRAP_MIRRORS names mirrors)',
  () => {
    let folder = '';
    let checkouts: Checkouts;
    let server: GitServer;
    beforeAll(async () => {
      folder = realpathSync(mkdtempSync(join(tmpdir(), 'seedbed-test-')));
      checkouts = openCheckouts(join(folder, 'checkouts'));
      server = await startGitServer(mirrors ?? '');
    });
    afterAll(async () => {
      await server.close();
      await removeTree(folder);
    });

    const rules = (base: string): AddressRule[] => [
      { from: 'https://github.com/{owner}/{name}', to: `${base}{owner}+{name}/repo` },
      { from: 'https://git.savannah.nongnu.org/git/{name}', to: `${base}oriansj+{name}/repo` },
    ];
    const path = (): string => join(checkouts.folder, COMMIT);
    const differences = async (): Promise<string[]> =>
      (await checkouts.verify({ id: COMMIT }, { remote: false })).differences.map(
        ({ kind, path: at }) => `${kind} ${at}`,
      );

    it('is fetched over http at the pinned commit, shallow, and every file is what the commits say', async () => {
      const request = { commit: null, from: null, rules: rules(server.url), onlyX86: true };
      const { record, did } = await checkouts.fetch(request, context);
      expect(did).toBe('fetched');
      expect(record.repositories.filter(({ state }) => state === 'present')).toHaveLength(14);
      expect(
        record.repositories
          .filter(({ state }) => state === 'absent')
          .map(({ path: at }) => at.split('/').at(-1)),
      ).toEqual(['AArch64', 'AMD64', 'armv7l', 'riscv32', 'riscv64']);
      expect(record.repositories.every(({ depth }) => depth === 'commit')).toBe(true);
      expect(record.repositories.flatMap(({ tags }) => tags.map(({ name }) => name)).sort()).toEqual([
        'Release_1.13.0',
        'Release_1.13.1',
        'Release_1.4.0',
        'Release_1.7.0',
        'Release_1.9.1',
      ]);
      const report = await checkouts.verify({ id: COMMIT }, { remote: true });
      expect(report).toMatchObject({ commit: COMMIT, files: 1873, differences: [] });
      expect((await openCheckout(path())).facts.commit).toBe(COMMIT);
      const plan = await planManifest({ path: path() }, { mode: 'kernel-bootstrap', variables: {} });
      expect(plan.distfiles).toHaveLength(310);
    });

    it('is the same over file addresses', async () => {
      const other = openCheckouts(join(folder, 'other'));
      const request = { commit: null, from: null, rules: rules(`file://${mirrors ?? ''}/`), onlyX86: true };
      const found = await other.fetch(request, context);
      expect(readTree(found.path)).toEqual(readTree(path()));
    });

    it.skipIf(reference === undefined)(
      'is the same as a checkout that git made (skipped without LIVE_BOOTSTRAP_DIR)',
      () => {
        expect(readTree(path())).toEqual(readTree(reference ?? ''));
      },
    );

    it('has each fault named, and is whole again after another fetch', async () => {
      const file = join(path(), 'seed/stage0-posix/x86/hex0_x86.hex0');
      const bytes = readFileSync(file);
      bytes[100] = (bytes[100] ?? 0) ^ 1;
      unlock(path());
      writeFileSync(file, bytes);
      expect(await differences()).toEqual(['altered seed/stage0-posix/x86/hex0_x86.hex0']);
      appendFileSync(join(path(), 'extra'), 'x');
      git(join(path(), 'seed/stage0-posix/mescc-tools'), 'tag', '-f', 'Release_1.7.0', 'HEAD^{tree}');
      const tip = git(join(mirrors ?? '', 'ironmeld+builder-hex0', 'repo'), 'rev-parse', 'HEAD');
      git(
        join(path(), 'builder-hex0'),
        'fetch',
        '--quiet',
        join(mirrors ?? '', 'ironmeld+builder-hex0', 'repo'),
        tip,
      );
      git(join(path(), 'builder-hex0'), 'checkout', '--quiet', '--force', tip);
      expect(await differences()).toEqual([
        'submodule-moved builder-hex0',
        'stray extra',
        'tag-rewritten seed/stage0-posix/mescc-tools',
        'altered seed/stage0-posix/x86/hex0_x86.hex0',
      ]);
      const again = await checkouts.fetch({ commit: null, from: null, rules: [], onlyX86: true }, context);
      expect(again.did).toBe('remade');
      expect(await differences()).toEqual([]);
    });

    it('goes through a file to another machine and builds the same tree there', async () => {
      const file = join(folder, 'carry.tar');
      await checkouts.exportTo(COMMIT, { path: file, replace: false, distfiles: null }, context);
      const other = openCheckouts(join(folder, 'elsewhere'));
      const taken = await other.importFrom({ archive: file, takeDistfiles: null }, context);
      expect(readTree(taken.path)).toEqual(readTree(path()));
      expect((await other.verify({ id: COMMIT }, { remote: false })).differences).toEqual([]);
    });

    it.skipIf(reference === undefined)(
      'shows a changed step of a person’s own folder (skipped without LIVE_BOOTSTRAP_DIR)',
      async () => {
        const mine = join(folder, 'mine');
        cpSync(reference ?? '', mine, { recursive: true, verbatimSymlinks: true });
        appendFileSync(join(mine, 'steps/musl-1.1.24/pass1.sh'), '# mine\n');
        const view = await checkouts.use(mine);
        const report = view.record.kind === 'linked' ? view.record.report : null;
        expect(view.known).toBe(true);
        expect(report?.differences.filter(({ kind }) => kind !== 'submodule-missing')).toEqual([
          expect.objectContaining({ kind: 'altered', path: 'steps/musl-1.1.24/pass1.sh', inImage: true }),
        ]);
        rmSync(mine, { recursive: true });
        expect(readdirSync(checkouts.folder).sort()).toEqual([COMMIT, `${view.id}.json`]);
      },
    );
  },
);
