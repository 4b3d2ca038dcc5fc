// Snapshots of repositories: the same bytes as upstream's mirror.sh makes, from one clone, with git's own failures told.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Distfiles } from '../../src/engine/distfiles/distfiles.ts';
import type { WantedDistfile } from '../../src/shared/model/distfile.ts';
import { NO_CHOICES, openTestDistfiles, quietJob, sha256Of } from '../support/distfile-fixtures.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();

const hasTools = ['git', 'gzip', 'xz', 'tar'].every((tool) => spawnSync(tool, ['--version']).status === 0);
if (!hasTools && process.env['REQUIRE_TOOLS'] === '1') throw new Error('git, gzip, xz and tar are required');
const checkout = process.env['LIVE_BOOTSTRAP_DIR'] ?? '';
const HOST = 'https://git.example.org/';

const ENV = {
  PATH: process.env['PATH'] ?? '',
  HOME: '/nonexistent',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.org',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.org',
  GIT_AUTHOR_DATE: '2020-01-02T03:04:05Z',
  GIT_COMMITTER_DATE: '2020-01-02T03:04:05Z',
};

function git(folder: string, ...args: string[]): string {
  return execFileSync('git', ['-C', folder, ...args], { env: ENV, encoding: 'utf8', stdio: 'pipe' }).trim();
}

/** A repository with attributes that change archives, an annotated tag and a later commit. */
function makeRepository(folder: string, format = '%H'): { tagged: string; later: string } {
  mkdirSync(folder, { recursive: true });
  git(folder, 'init', '-q', '-b', 'master');
  writeFileSync(join(folder, '.gitattributes'), 'version export-subst\nsecret export-ignore\n');
  writeFileSync(join(folder, 'version'), `$Format:${format}$\n`);
  writeFileSync(join(folder, 'secret'), 'not in archives\n');
  writeFileSync(join(folder, 'run.sh'), '#!/bin/sh\r\n');
  chmodSync(join(folder, 'run.sh'), 0o755);
  git(folder, 'add', '.');
  git(folder, 'commit', '-qm', 'first');
  git(folder, 'tag', '-am', 'release', 'v1.2');
  const tagged = git(folder, 'rev-parse', 'HEAD');
  writeFileSync(join(folder, 'more'), 'more\n'.repeat(5000));
  git(folder, 'add', '.');
  git(folder, 'commit', '-qm', 'second');
  return { tagged, later: git(folder, 'rev-parse', 'HEAD') };
}

/** What mirror.sh does, by hand: the judge for the expected hash. */
function archiveByHand(folder: string, ref: string, prefix: string, pack: string[]): Buffer {
  const tar = execFileSync('git', ['-C', folder, 'archive', '--format=tar', `--prefix=${prefix}/`, ref], {
    env: ENV,
  });
  const [program = '', ...args] = pack;
  return execFileSync(program, args, { input: tar });
}

async function openWithMap(root: string, from: string): Promise<Distfiles> {
  return openTestDistfiles(root, {
    settings: { distfiles: { git: true }, checkout: { map: [{ from: HOST, to: `${from}/` }] } },
  });
}

function snapshot(repo: string, ref: string, name: string, bytes: Buffer): WantedDistfile {
  return {
    name,
    sha256: sha256Of(bytes),
    urls: [],
    git: { repo: `${HOST}${repo}`, ref },
    steps: [],
    preNetwork: false,
  };
}

describe.skipIf(!hasTools)('snapshots (need git, gzip, xz)', () => {
  it('have the prefix, the compression and the bytes that mirror.sh gives them', async () => {
    const origin = tempFolder();
    const repo = join(origin, 'tool.git');
    const { later } = makeRepository(repo);
    const short = later.slice(0, 8);
    const wanted = [
      snapshot(
        'tool.git',
        'v1.2',
        'tool-1.2.tar.gz',
        archiveByHand(repo, 'v1.2', 'tool-1.2', ['gzip', '-n']),
      ),
      snapshot('tool.git', 'v1.2', 'tool-1.2.tar.xz', archiveByHand(repo, 'v1.2', 'tool-1.2', ['xz', '-T1'])),
      snapshot(
        'tool.git',
        short,
        `tool-${short}.tar.gz`,
        archiveByHand(repo, short, `tool-${short}`, ['gzip', '-n']),
      ),
    ];
    const distfiles = await openWithMap(tempFolder(), origin);
    expect(await distfiles.fetch(wanted, NO_CHOICES, quietJob())).toMatchObject({ added: 3, missing: [] });
    const rows = await distfiles.list(wanted);
    expect(rows[0]?.evidence.stored).toMatchObject({
      transport: 'git',
      source: { kind: 'git', at: `${HOST}tool.git~v1.2` },
      note: expect.stringMatching(/^made with git version .*, prefix tool-1\.2\/$/) as string,
    });
    expect(readdirSync(distfiles.store.gitFolder)).toHaveLength(1);
  });

  it('of a commit that the clone does not have yet come after a fetch', async () => {
    const origin = tempFolder();
    const repo = join(origin, 'tool.git');
    makeRepository(repo);
    const root = tempFolder();
    const first = snapshot(
      'tool.git',
      'v1.2',
      'a.tar.gz',
      archiveByHand(repo, 'v1.2', 'tool-1.2', ['gzip', '-n']),
    );
    await (await openWithMap(root, origin)).fetch([first], NO_CHOICES, quietJob());
    writeFileSync(join(repo, 'new'), 'new\n');
    git(repo, 'add', '.');
    git(repo, 'commit', '-qm', 'third');
    const ref = git(repo, 'rev-parse', 'HEAD');
    const next = snapshot(
      'tool.git',
      ref,
      'b.tar.gz',
      archiveByHand(repo, ref, `tool-${ref}`, ['gzip', '-n']),
    );
    const report = await (await openWithMap(root, origin)).fetch([next], NO_CHOICES, quietJob());
    expect(report).toMatchObject({ added: 1, missing: [] });
  });

  it('with other bytes than wanted are set aside, with the tools that made them', async () => {
    const origin = tempFolder();
    makeRepository(join(origin, 'tool.git'));
    const wanted = snapshot('tool.git', 'v1.2', 'tool-1.2.tar.gz', Buffer.from('what upstream once got'));
    const distfiles = await openWithMap(tempFolder(), origin);
    const { missing } = await distfiles.fetch([wanted], NO_CHOICES, quietJob());
    expect(missing[0]?.failures).toMatchObject([
      { cause: 'wrong-bytes', detail: expect.stringContaining('made with git version') as string },
    ]);
    expect(readdirSync(distfiles.store.setAsideFolder)).toHaveLength(2);
    expect(readdirSync(distfiles.store.files)).toEqual([]);
  });

  it('of a repository or a ref that is not there: git’s own words, and one clone for all files', async () => {
    const origin = tempFolder();
    makeRepository(join(origin, 'tool.git'));
    const bytes = Buffer.from('x');
    const distfiles = await openWithMap(tempFolder(), origin);
    const { missing } = await distfiles.fetch(
      [
        snapshot('none.git', 'v1', 'none-1.tar.gz', bytes),
        snapshot('tool.git', 'v9.9', 'tool-9.9.tar.gz', Buffer.from('y')),
      ],
      NO_CHOICES,
      quietJob(),
    );
    const details = Object.fromEntries(missing.map(({ name, failures }) => [name, failures[0]]));
    expect(details['none-1.tar.gz']).toMatchObject({
      cause: 'git',
      detail: expect.stringMatching(/^git clone failed: fatal:/) as string,
    });
    expect(details['tool-9.9.tar.gz']).toMatchObject({
      cause: 'git',
      detail: `v9.9 is not in ${HOST}tool.git`,
    });
  });

  it.each([
    ['a local path', '/etc', 'v1'],
    ['a file address', 'file:///etc', 'v1'],
    ['a helper', 'ext::sh -c "touch /tmp/seedbed-was-here"', 'v1'],
    ['an option as address', '--upload-pack=touch /tmp/seedbed-was-here', 'v1'],
    ['an option as ref', `${HOST}tool.git`, '--output=/tmp/seedbed-was-here'],
    ['a range as ref', `${HOST}tool.git`, 'v1..v2'],
  ])('a sources file cannot name %s', async (_title, repo, ref) => {
    const distfiles = await openTestDistfiles(tempFolder(), { settings: { distfiles: { git: true } } });
    const wanted: WantedDistfile = { ...snapshot('', ref, 'x.tar.gz', Buffer.from('x')), git: { repo, ref } };
    const { missing } = await distfiles.fetch([wanted], NO_CHOICES, quietJob());
    expect(missing[0]?.failures).toMatchObject([
      { cause: 'git', detail: expect.stringMatching(/is not a git/) as string },
    ]);
    expect(existsSync('/tmp/seedbed-was-here')).toBe(false);
    expect(existsSync(distfiles.store.gitFolder)).toBe(false);
  });

  it('a cancelled clone leaves nothing that looks like one', async () => {
    const origin = tempFolder();
    makeRepository(join(origin, 'tool.git'));
    const distfiles = await openWithMap(tempFolder(), origin);
    const controller = new AbortController();
    const fetching = distfiles.fetch(
      [snapshot('tool.git', 'v1.2', 'tool-1.2.tar.gz', Buffer.from('x'))],
      NO_CHOICES,
      quietJob(controller.signal),
    );
    fetching.catch(() => undefined);
    await expect.poll(() => existsSync(distfiles.store.gitFolder), { interval: 1 }).toBe(true);
    controller.abort();
    await expect(fetching).rejects.toMatchObject({ code: 'CANCELLED' });
    const left = readdirSync(distfiles.store.gitFolder).filter((name) => !name.endsWith('.tmp'));
    for (const name of left) git(join(distfiles.store.gitFolder, name), 'fsck');
  });
});

describe.skipIf(!hasTools || checkout === '')(
  'upstream’s mirror.sh (needs LIVE_BOOTSTRAP_DIR and git)',
  () => {
    it.each([
      ['tool.git', 'v1.2', 'tool-1.2.tar.gz'],
      ['tool.git', 'v1.2', 'tool-1.2.tar.xz'],
      ['gitlab-tool.git', 'v1.2', 'gitlab-tool-v1.2.tar.gz'],
      ['tool.git', 'master', 'tool-master.tar.gz'],
    ])('makes the same of %s at %s', async (repository, ref, name) => {
      const origin = tempFolder();
      // %d shows the refs of the clone: they must be those of an ordinary one.
      makeRepository(join(origin, repository), '%H %d');
      // mirror.sh is right when it accepts our hash; it says so by its exit status.
      const work = tempFolder();
      const root = tempFolder();
      const probe = await openWithMap(root, origin);
      const guess = snapshot(repository, ref, name, Buffer.from('not known yet'));
      const { missing } = await probe.fetch([guess], NO_CHOICES, quietJob());
      const ours = /has sha256 ([0-9a-f]{64})/.exec(missing[0]?.failures[0]?.detail ?? '')?.[1] ?? '';
      mkdirSync(join(work, 'steps', 'some-1.0'), { recursive: true });
      mkdirSync(join(work, 'out'));
      writeFileSync(
        join(work, 'steps', 'some-1.0', 'sources'),
        `g file://${origin}/${repository}~${ref} _ ${ours} ${name}\n`,
      );
      const script = join(checkout, 'mirror.sh');
      const done = spawnSync('sh', [script, join(work, 'out'), join(work, 'state')], {
        cwd: work,
        env: ENV,
        encoding: 'utf8',
      });
      expect(`${done.stdout}${done.stderr}`).not.toContain('does not match');
      expect(done.status).toBe(0);
      expect(sha256Of(readFileSync(join(work, 'out', name)))).toBe(ours);
    });
  },
);
