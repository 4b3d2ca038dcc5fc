import { describe, expect, it } from 'vitest';
import { proxyFor } from '../../src/engine/distfiles/proxy.ts';
import { snapshotFormat, snapshotPrefix } from '../../src/engine/distfiles/git-snapshot.ts';
import { planSources } from '../../src/engine/distfiles/source-plan.ts';
import { listArchives, listMirrors } from '../../src/engine/mirror/known-mirrors.ts';
import type { WantedDistfile } from '../../src/shared/model/distfile.ts';
import { Settings } from '../../src/shared/model/settings.ts';

const { distfiles: defaults } = Settings.parse({});
// The sha256 of the empty file; its base-32 is in Nix's manual.
const SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const NIX32 = '0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73';
const WANTED: WantedDistfile = {
  name: 'libstdc++-1.0.tar.gz',
  sha256: SHA256,
  urls: ['http://one.example/a/libstdc++-1.0.tar.gz', 'ftp://old.example/x', 'https://two.example/b'],
  git: { repo: 'https://git.example/lib.git', ref: 'v1.0' },
  steps: ['lib-1.0'],
  preNetwork: true,
};

function plan(change: Partial<typeof defaults>, found: string[] = []): string[] {
  const settings = { ...defaults, ...change };
  const mirrors = listMirrors(settings).filter(({ on }) => on);
  const sources = planSources(WANTED, { settings, mirrors, archives: listArchives(settings), found });
  return sources.map(({ kind, at }) => `${kind} ${at}`);
}

describe('where a distfile may come from', () => {
  it('folders, mirrors by name, upstream, archives by hash, git: in this order', () => {
    expect(
      plan({ archives: ['nixpkgs', 'guix', 'guix-bordeaux', 'software-heritage'] }, ['/stick/x.bin']),
    ).toEqual([
      'folder /stick/x.bin',
      'mirror https://samuelt.me/pub/live-bootstrap/libstdc%2B%2B-1.0.tar.gz',
      'mirror https://live-bootstrap.stikonas.eu/libstdc%2B%2B-1.0.tar.gz',
      'upstream http://one.example/a/libstdc++-1.0.tar.gz',
      'upstream https://two.example/b',
      `archive https://tarballs.nixos.org/sha256/${SHA256}`,
      `archive https://ci.guix.gnu.org/file/libstdc%2B%2B-1.0.tar.gz/sha256/${NIX32}`,
      `archive https://bordeaux.guix.gnu.org/file/libstdc%2B%2B-1.0.tar.gz/sha256/${NIX32}`,
      `archive https://archive.softwareheritage.org/api/1/content/sha256:${SHA256}/raw/`,
      'git https://git.example/lib.git~v1.0',
    ]);
  });

  it('the user’s own mirrors come before the built-in ones', () => {
    expect(
      plan({ ownMirrors: ['http://10.0.0.1:8080/'], upstream: false, archives: [], git: false })[0],
    ).toBe('mirror http://10.0.0.1:8080/libstdc%2B%2B-1.0.tar.gz');
  });

  it('each kind can be left out', () => {
    expect(plan({ mirrors: false, upstream: false, archives: [], git: false })).toEqual([]);
    expect(plan({ mirrorsOff: ['samuelt.me'], upstream: false, archives: [], git: false })).toEqual([
      'mirror https://live-bootstrap.stikonas.eu/libstdc%2B%2B-1.0.tar.gz',
    ]);
  });

  it('an address is asked once', () => {
    const twice = { ...WANTED, urls: ['http://one.example/x', 'http://one.example/x'], git: null };
    const sources = planSources(twice, { settings: defaults, mirrors: [], archives: [], found: [] });
    expect(sources).toHaveLength(1);
  });
});

// live-bootstrap 984b8322, mirror.sh: basename of the repository without .git, the ref without the v of a version, except on gitlab.
describe('the prefix and format of a snapshot', () => {
  it.each([
    ['https://https.git.savannah.gnu.org/git/gnulib.git', '8e128e', 'gnulib-8e128e'],
    ['https://https.git.savannah.gnu.org/git/coreutils.git', 'v9.4', 'coreutils-9.4'],
    ['https://github.com/horms/kexec-tools', 'v2.0.22', 'kexec-tools-2.0.22'],
    ['https://gitlab.gnome.org/GNOME/libxml2.git', 'v2.9.9', 'libxml2-v2.9.9'],
    [
      'https://github.com/schierlm/gnu-autogen-bootstrapping',
      'autogen-5.18.16-v1.0.1',
      'gnu-autogen-bootstrapping-autogen-5.18.16-v1.0.1',
    ],
    ['https://example.org/tools', 'version-2', 'tools-version-2'],
  ])('%s at %s', (repo, ref, prefix) => expect(snapshotPrefix({ repo, ref })).toBe(prefix));

  it.each([
    ['gnulib-8e128e.tar.gz', 'tar.gz'],
    ['coreutils-9.4.tar.xz', 'tar.xz'],
    ['x.tgz', 'tgz'],
    ['x.tar', 'tar'],
    ['x', 'tar'],
  ])('%s', (name, format) => expect(snapshotFormat(name)).toBe(format));
});

describe('the proxy for an address', () => {
  const proxy = (url: string, env: NodeJS.ProcessEnv): string | undefined =>
    proxyFor(new URL(url), env)?.host;
  it('is that of its protocol', () => {
    const env = { http_proxy: 'http://a:3128', https_proxy: 'b:3129' };
    expect(proxy('http://example.org/', env)).toBe('a:3128');
    expect(proxy('https://example.org/', env)).toBe('b:3129');
    expect(proxy('https://example.org/', { all_proxy: 'http://c:1' })).toBe('c:1');
  });
  it('is none for this computer and for what no_proxy names', () => {
    const env = { http_proxy: 'http://a:3128', no_proxy: '.example.org, 10.0.2.2' };
    for (const host of ['127.0.0.1', 'localhost', '[::1]', 'example.org', 'www.example.org', '10.0.2.2:80'])
      expect(proxy(`http://${host}/`, env), host).toBeUndefined();
    expect(proxy('http://notexample.org/', env)).toBe('a:3128');
    expect(proxy('http://example.com/', { http_proxy: 'http://a:3128', no_proxy: '*' })).toBeUndefined();
  });
  it('is none of a kind that is not spoken, and not HTTP_PROXY, which a web server sets from a header', () => {
    expect(proxy('http://example.org/', { http_proxy: 'socks5://a:1080' })).toBeUndefined();
    expect(proxy('http://example.org/', { HTTP_PROXY: 'http://a:1' })).toBeUndefined();
  });
});
