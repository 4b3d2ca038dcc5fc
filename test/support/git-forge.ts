// A small live-bootstrap as git repositories: the checkout of checkout-fixture.ts with its submodules at two depths, in bare repositories of a folder.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { defaultDistfiles, type FixtureFile, fixtureFiles } from './checkout-fixture.ts';

/** Addresses in the .gitmodules files begin so. */
export const FORGE_ADDRESS = 'https://example.org/';

export interface Forge {
  /** Bare repositories: `live-bootstrap`, `builder-hex0`, `seed/stage0-posix`, `M2libc`, … */
  folder: string;
  /** Of live-bootstrap. */
  commit: string;
  /** By folder in the checkout; empty for live-bootstrap. */
  commits: Map<string, string>;
  /** Every file of the checkout with what is in it. */
  files: Map<string, FixtureFile>;
}

const STAGE0 = 'seed/stage0-posix';
const WITH_LIBC = ['M2-Planet', 'mescc-tools', 'mescc-tools-extra', 'M2-Mesoplanet'];

/** Git as the tests use it: nobody's settings, always the same times. */
export function git(cwd: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, {
    cwd,
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: '/nonexistent',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'a',
      GIT_AUTHOR_EMAIL: 'a@example.org',
      GIT_COMMITTER_NAME: 'a',
      GIT_COMMITTER_EMAIL: 'a@example.org',
      GIT_AUTHOR_DATE: '1700000000 +0000',
      GIT_COMMITTER_DATE: '1700000000 +0000',
    },
  });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
}

/** Make the repositories in `folder`. */
export function makeForge(folder: string): Forge {
  const files = forgeFiles();
  const commits = new Map<string, string>();
  const publish = (path: string, name: string, submodules: readonly string[]): void => {
    const inner = submodules.map((below) => (path === '' ? below : `${path}/${below}`));
    const own = [...files].flatMap(([at, content]): [string, FixtureFile][] =>
      (path === '' || at.startsWith(`${path}/`)) && inner.every((below) => !at.startsWith(`${below}/`))
        ? [[path === '' ? at : at.slice(path.length + 1), content]]
        : [],
    );
    const links = submodules.map((below): [string, string] => [
      below,
      commits.get(path === '' ? below : `${path}/${below}`) ?? '',
    ]);
    commits.set(path, publishRepository(join(folder, name), own, links));
  };
  for (const leaf of ['M2libc', 'x86', 'bootstrap-seeds', 'AMD64']) publish(`${STAGE0}/${leaf}`, leaf, []);
  for (const name of WITH_LIBC) {
    publish(`${STAGE0}/${name}/M2libc`, 'M2libc', []);
    publish(`${STAGE0}/${name}`, name, ['M2libc']);
  }
  publish(STAGE0, STAGE0, [...WITH_LIBC, 'M2libc', 'x86', 'bootstrap-seeds', 'AMD64']);
  publish('builder-hex0', 'builder-hex0', []);
  publish('', 'live-bootstrap', ['builder-hex0', STAGE0]);
  git(
    join(folder, 'mescc-tools'),
    'tag',
    '-a',
    '-m',
    'one',
    'Release_1',
    commits.get(`${STAGE0}/mescc-tools`) ?? '',
  );
  git(join(folder, 'builder-hex0'), 'tag', 'plain-1', commits.get('builder-hex0') ?? '');
  return { folder, commit: commits.get('') ?? '', commits, files };
}

/** A commit on top of a repository's branch, with one more file; it becomes the branch. */
export function addCommit(repository: string, path: string, content: string): string {
  const blob = join(repository, 'new-blob');
  writeFileSync(blob, content);
  const id = git(repository, 'hash-object', '-w', blob);
  rmSync(blob);
  const index = ['-c', 'core.bare=true'];
  git(repository, ...index, 'read-tree', 'main');
  git(repository, ...index, 'update-index', '--add', '--cacheinfo', `100644,${id},${path}`);
  const commit = git(repository, 'commit-tree', '-p', 'main', '-m', path, git(repository, 'write-tree'));
  git(repository, 'update-ref', 'refs/heads/main', commit);
  return commit;
}

/** Files, and some that show whether bytes and modes are kept. */
function forgeFiles(): Map<string, FixtureFile> {
  const files = fixtureFiles(defaultDistfiles());
  files.delete(`${STAGE0}/AMD64`);
  files.set(`${STAGE0}/AMD64/hex0_AMD64.hex0`, '# for others\n');
  // A checkout by git would write these with other bytes.
  files.set('.gitattributes', '*.txt text eol=crlf\nversion export-subst ident\n');
  files.set('lines.txt', 'one\ntwo\n');
  files.set('version', '$Id$ $Format:%H$\n');
  files.set('.gitignore', 'distfiles/\n*.log\n');
  files.set(
    'bytes.bin',
    Uint8Array.from({ length: 70_000 }, (_, index) => (index * 7919) % 251),
  );
  return files;
}

const EXECUTABLE = /\.sh$|rootfs\.py$/;

function publishRepository(
  bare: string,
  files: readonly (readonly [string, FixtureFile])[],
  submodules: readonly (readonly [string, string])[],
): string {
  mkdirSync(dirname(bare), { recursive: true });
  const work = mkdtempSync(`${bare}-work-`);
  git(work, 'init', '--quiet', '--initial-branch=main');
  for (const [path, content] of files) {
    const place = join(work, path);
    mkdirSync(dirname(place), { recursive: true });
    if (typeof content === 'string' || content instanceof Uint8Array)
      writeFileSync(place, content, { mode: EXECUTABLE.test(path) ? 0o755 : 0o644 });
    else if ('link' in content) symlinkSync(content.link, place);
  }
  git(
    work,
    '-c',
    'core.autocrlf=false',
    '-c',
    'core.attributesFile=/dev/null',
    'add',
    '--all',
    '--force',
    '.',
  );
  for (const [path, commit] of submodules)
    git(work, 'update-index', '--add', '--cacheinfo', `160000,${commit},${path}`);
  git(work, 'commit', '--quiet', '-m', 'all of it');
  rmSync(bare, { recursive: true, force: true });
  git(work, 'clone', '--quiet', '--bare', '--no-local', '.', bare);
  rmSync(work, { recursive: true });
  return git(bare, 'rev-parse', 'main');
}
