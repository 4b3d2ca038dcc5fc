// The step manifest of live-bootstrap 984b8322 as data: how much there is of everything, and when it is needed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planManifest, routesAt } from '../../src/engine/checkout/manifest-plan.ts';
import { allDistfiles, readManifest, wantedDistfiles } from '../../src/engine/checkout/wanted-distfiles.ts';
import { parseSourcesFile } from '../../src/engine/formats/sources-file.ts';
import { preNetworkBuilds } from '../../src/engine/formats/step-manifest.ts';
import { readText } from '../../src/engine/checkout/read-text.ts';
import type { LaunchMode, ManifestPlan } from '../../src/shared/model/manifest.ts';

const path = join(import.meta.dirname, '../../../shared/data/live-bootstrap-984b8322');
const ready = existsSync(join(path, 'steps', 'manifest'));
if (!ready && process.env['REQUIRE_TOOLS'] === '1') throw new Error(`${path} is needed`);

const plan = (mode: LaunchMode, variables: Record<string, string> = {}): Promise<ManifestPlan> =>
  planManifest({ path }, { mode, variables });
const buildsIn = (found: ManifestPlan): number[] =>
  found.scripts.map(({ entries }) => entries.filter(({ directive }) => directive === 'build').length);
const phasesIn = (found: ManifestPlan): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { phase } of found.distfiles) counts[phase] = (counts[phase] ?? 0) + 1;
  return counts;
};

describe.skipIf(!ready)(
  'the manifest of live-bootstrap 984b8322 (skipped unless ../shared/data holds it)',
  () => {
    it('has 312 entries for 310 files, 71 of them before the network, 21 without an address', async () => {
      const wanted = await wantedDistfiles({ path });
      expect(wanted).toHaveLength(310);
      expect(wanted.filter(({ preNetwork }) => preNetwork)).toHaveLength(71);
      expect(wanted.filter(({ urls }) => urls.length === 0)).toHaveLength(21);
      expect(await countEntries()).toEqual({ all: 312, preNetwork: 73 });
    });

    it('can make every file without an address from a git repository', async () => {
      const without = (await wantedDistfiles({ path })).filter(({ urls }) => urls.length === 0);
      expect(new Set(without.map(({ git }) => git?.repo))).toEqual(
        new Set(['https://https.git.savannah.gnu.org/git/gnulib.git']),
      );
      expect(without.find(({ name }) => name === 'gnulib-8f4538a5.tar.gz')?.git?.ref).toBe('8f4538a5');
    });

    it('takes several lines of one name as one file with several addresses', async () => {
      const nyacc = (await wantedDistfiles({ path })).find(({ name }) => name === 'nyacc-1.00.2-lb1.tar.gz');
      expect(nyacc?.urls).toHaveLength(3);
    });

    it('gives a mirror more than the manifest needs', async () => {
      const all = (await allDistfiles({ path })).map(({ name }) => name);
      const wanted = (await wantedDistfiles({ path })).map(({ name }) => name);
      expect(all).toEqual(expect.arrayContaining(wanted));
      expect(all).toEqual(expect.arrayContaining(['guile-3.0.9.tar.xz', 'perl-5.10.1.tar.bz2']));
    });

    it('builds 170 steps in six scripts on three kernels when the kernel is bootstrapped', async () => {
      const found = await plan('kernel-bootstrap');
      expect(buildsIn(found)).toEqual([8, 9, 63, 0, 3, 87]);
      expect(found.scripts.map(({ kernel, shell }) => `${shell} on ${kernel}`)).toEqual([
        'kaem on builder-hex0',
        'kaem on fiwix',
        'bash on fiwix',
        'bash on linux',
        'bash on linux',
        'bash on linux',
      ]);
    });

    it('builds 167 steps in four scripts with --kernel, and fewer still in a chroot', async () => {
      expect(buildsIn(await plan('kernel'))).toEqual([14, 63, 3, 87]);
      const chroot = await plan('chroot');
      expect(buildsIn(chroot).reduce((sum, count) => sum + count)).toBe(163);
      expect(chroot.scripts[0]?.kernel).toBe('host');
    });

    it('knows when each file is needed, and 33 that only a plain-http mirror or the external disk can give', async () => {
      const found = await plan('kernel-bootstrap');
      expect(phasesIn(found)).toEqual({ kaem: 15, 'pre-network': 56, 'pre-tls': 72, 'with-tls': 167 });
      const preTls = found.distfiles.filter(({ phase }) => phase === 'pre-tls');
      const withoutHttp = preTls.filter(({ routes }) => routes.urls.length === 0);
      expect(withoutHttp).toHaveLength(33);
      expect(withoutHttp.filter(({ wanted }) => wanted.urls.length === 0)).toHaveLength(7);
    });

    it('names the builds that need a file, with pass and script', async () => {
      const { distfiles } = await plan('kernel-bootstrap');
      const musl = distfiles.find(({ wanted }) => wanted.name === 'musl-1.1.24.tar.gz');
      expect(musl?.uses.map(({ pass, script }) => [pass, script])).toEqual([
        [1, 2],
        [2, 2],
        [3, 2],
        [4, 2],
      ]);
      expect(musl?.phase).toBe('pre-network');
    });

    it('says which files a configuration does not use although the image carries them', async () => {
      const unused = (await plan('kernel')).distfiles.filter(({ phase }) => phase === 'unused');
      expect(unused.map(({ wanted }) => wanted.name)).toEqual([
        'fiwix-1.5.0-lb1.tar.gz',
        'lwext4-1.0.0-lb1.tar.gz',
      ]);
      expect(unused.every(({ wanted }) => wanted.preNetwork)).toBe(true);
    });

    it('writes back what define made of the configuration', async () => {
      const { configuration } = await plan('kernel-bootstrap', { JOBS: '8' });
      expect(configuration).toContain('\nJOBS=1\n');
      expect(configuration).toMatch(/BUILD_FIWIX=True\nCONSOLES=False\nBUILD_LINUX=True\n$/);
    });
  },
);

describe('where a file can come from', () => {
  it('depends on what the machine has by then', () => {
    const urls = ['https://a.example/x', 'http://b.example/x'];
    expect(routesAt('kaem', urls)).toMatchObject({ bootImage: true, mirror: 'no', urls: [] });
    expect(routesAt('pre-tls', urls)).toMatchObject({
      externalDisk: true,
      mirror: 'http',
      urls: ['http://b.example/x'],
    });
    expect(routesAt('with-tls', urls)).toMatchObject({ bootImage: false, mirror: 'http-or-https', urls });
    expect(routesAt('unused', urls)).toMatchObject({ bootImage: false, externalDisk: false, mirror: 'no' });
  });
});

/** Lines as upstream's generator counts them: the same line in two steps is one entry. */
async function countEntries(): Promise<{ all: number; preNetwork: number }> {
  const directives = await readManifest({ path });
  const early = new Set(preNetworkBuilds(directives).map(({ line }) => line));
  const all = new Set<string>();
  const preNetwork = new Set<string>();
  for (const directive of directives) {
    if (directive.kind !== 'build') continue;
    const file = `steps/${directive.step}/sources`;
    if (!existsSync(join(path, file))) continue;
    for (const { sha256, url, name } of parseSourcesFile(await readText(path, file), file)) {
      all.add(`${sha256} ${url ?? '_'} ${name}`);
      if (early.has(directive.line)) preNetwork.add(`${sha256} ${url ?? '_'} ${name}`);
    }
  }
  return { all: all.size, preNetwork: preNetwork.size };
}
