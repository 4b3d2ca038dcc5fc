// Who else has the bytes of a stored file: asked again, kept as evidence, and nothing of it in the store.
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  bytesOf,
  expectSoundStore,
  NO_CHOICES,
  openTestDistfiles,
  quietJob,
  sha256Of,
  wantedFile,
} from '../support/distfile-fixtures.ts';
import { useMisbehavingServers } from '../support/misbehaving-server.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();
const startServer = useMisbehavingServers();

const NAME = 'some-1.0.tar';
const CONTENT = bytesOf('the file', 100_000);
const WRONG = bytesOf('another file', 100_000);

describe('other sources of a stored file', () => {
  it('agree, differ or say nothing; each is kept, and those that agreed are not asked twice', async () => {
    const files = new Map([[NAME, CONTENT]]);
    const [first, second, liar] = [
      await startServer({ files }),
      await startServer({ files }),
      await startServer({ files: new Map([[NAME, WRONG]]) }),
    ];
    const empty = await startServer({ files: new Map() });
    const root = tempFolder();
    const distfiles = await openTestDistfiles(root);
    const urls = [first, second, liar, empty].map(({ url }) => `${url}/${NAME}`);
    const wanted = [wantedFile(NAME, CONTENT, { urls }), wantedFile('absent-1.0.tar', WRONG, { urls: [] })];
    await distfiles.fetch(wanted, NO_CHOICES, quietJob());
    expect(second.requests).toEqual([]);
    const folder = join(root, 'stick');
    await mkdir(folder);
    await writeFile(join(folder, 'under-another-name'), CONTENT);
    const choices = { ...NO_CHOICES, folders: [folder] };

    const report = await distfiles.confirm(wanted, choices, quietJob());
    expect(report).toMatchObject({ files: 1, confirmed: 1, agreed: 2 });
    expect(report.wrong).toMatchObject([
      { name: NAME, source: { label: liar.host }, actualSha256: sha256Of(WRONG) },
    ]);
    expect(report.silent).toMatchObject([{ name: NAME, source: { label: empty.host }, detail: 'HTTP 404' }]);
    expect(first.requests).toHaveLength(1);

    const again = await openTestDistfiles(root);
    const [row] = await again.list(wanted);
    expect(row?.evidence.stored?.source.label).toBe(first.host);
    expect(row?.evidence.agreed.map(({ source, transport }) => [source.label, transport])).toEqual([
      [join(folder, 'under-another-name'), 'file'],
      [second.host, 'http'],
    ]);
    expect(row?.evidence.wrong).toMatchObject([{ source: { label: liar.host } }]);

    expect(await again.confirm(wanted, choices, quietJob())).toMatchObject({ confirmed: 1, agreed: 0 });
    expect(second.requests).toHaveLength(1);
    await expectSoundStore(again);
    expect(await readdir(again.store.files)).toEqual([sha256Of(CONTENT)]);
  });

  it('a file that nobody else gives is not confirmed, and a cancelled round keeps what it found out', async () => {
    const server = await startServer({ files: new Map([[NAME, CONTENT]]) });
    const slow = await startServer({ files: new Map([[NAME, CONTENT]]), behave: () => ({ kind: 'silent' }) });
    const distfiles = await openTestDistfiles(tempFolder());
    const alone = [wantedFile(NAME, CONTENT, { urls: [`${server.url}/${NAME}`] })];
    await distfiles.fetch(alone, NO_CHOICES, quietJob());
    expect(await distfiles.confirm(alone, NO_CHOICES, quietJob())).toMatchObject({ files: 1, confirmed: 0 });
    const two = [wantedFile(NAME, CONTENT, { urls: [`${slow.url}/${NAME}`] })];
    const controller = new AbortController();
    const asking = distfiles.confirm(two, NO_CHOICES, quietJob(controller.signal));
    await expect.poll(() => slow.requests.length).toBe(1);
    controller.abort();
    await expect(asking).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('are listed in the order in which they would be asked, without asking', async () => {
    const server = await startServer({ files: new Map() });
    const distfiles = await openTestDistfiles(tempFolder(), {
      settings: { distfiles: { ownMirrors: [server.url], archives: ['nixpkgs'], git: true } },
    });
    const git = { repo: 'https://example.org/some.git', ref: 'v1' };
    const wanted = [wantedFile(NAME, CONTENT, { urls: ['https://example.org/some-1.0.tar'], git })];
    const [planned] = await distfiles.sources(wanted);
    expect(planned?.sources.map(({ kind }) => kind)).toEqual(['mirror', 'upstream', 'archive', 'git']);
    expect(server.requests).toEqual([]);
  });
});
