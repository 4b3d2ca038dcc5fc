// Git objects and tar headers as bytes: judged by git and tar where they are, refused when they are damaged.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeGitTree, objectId, refusedName, treeOfCommit } from '../../src/engine/checkout/git-objects.ts';
import {
  applyPaxRecords,
  decodeTarHeader,
  encodeTarHeader,
  TAR_END,
  type TarEntry,
  tarPadding,
} from '../../src/engine/checkout/tar.ts';

describe('the name of an object', () => {
  it('is what git gives it', () => {
    expect(objectId('blob', Buffer.from('hello\n'))).toBe('ce013625030ba8dba906f756967f9e9ca394464a');
    expect(objectId('tree', Buffer.alloc(0))).toBe('4b825dc642cb6eb9a060e54bf8d69288fbee4904');
  });
});

describe('a tree', () => {
  const id = 'ce013625030ba8dba906f756967f9e9ca394464a';
  const entry = (mode: string, name: string): Buffer =>
    Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]);
  it('is read entry by entry', () => {
    expect(decodeGitTree(Buffer.concat([entry('100644', 'a b'), entry('40000', 'ü')]))).toEqual([
      { mode: '100644', name: 'a b', id },
      { mode: '40000', name: 'ü', id },
    ]);
    expect(decodeGitTree(Buffer.alloc(0))).toEqual([]);
  });
  it.each([
    entry('100644', 'a').subarray(0, 20),
    entry('x', 'a'),
    Buffer.from('100644'),
    Buffer.from('100644 a'),
  ])('is not read from other bytes (case %#)', (bytes) => expect(decodeGitTree(bytes)).toBeNull());
  it('never loses or invents an entry, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        const entries = decodeGitTree(Buffer.from(bytes));
        if (entries === null) return;
        const length = entries.reduce(
          (sum, { mode, name }) => sum + mode.length + Buffer.byteLength(name) + 22,
          0,
        );
        // Bytes that are no UTF-8 become longer; refusedName refuses those.
        if (entries.every(({ name }) => !name.includes('\uFFFD'))) expect(length).toBe(bytes.length);
      }),
    );
  });
});

describe('a commit', () => {
  it('names its tree in its first line', () => {
    expect(treeOfCommit(Buffer.from(`tree ${'a'.repeat(40)}\nparent x\n`))).toBe('a'.repeat(40));
    expect(treeOfCommit(Buffer.from(`parent ${'a'.repeat(40)}\n`))).toBeNull();
  });
});

describe('a name in a tree', () => {
  it.each([
    '',
    '.',
    '..',
    '.git',
    '.GIT',
    '.Git ',
    '.git.',
    '.git::$INDEX',
    'git~1',
    '.g\u200cit',
    'a/b',
    'a\\b',
    'a\0b',
    '\uFFFD',
  ])('is refused when it is %j', (name) => expect(refusedName(name)).not.toBeNull());
  it.each(['.gitmodules', '.gitignore', 'git', '.github', 'a b', 'x.git', '...', 'git~', '.git-x'])(
    'may be %s',
    (name) => expect(refusedName(name)).toBeNull(),
  );
});

const paths = fc
  .array(
    fc.string({ unit: fc.constantFrom('a', 'b', '-', '.', ' ', 'ü', '字'), minLength: 1, maxLength: 60 }),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.map((part) => part.replace(/^[. ]+$/, 'x')).join('/'));
const entries = fc.oneof(
  fc.record({
    path: paths,
    kind: fc.constant('file' as const),
    sizeBytes: fc.integer({ min: 0, max: 2 ** 40 }),
    executable: fc.boolean(),
    target: fc.constant(''),
  }),
  fc.record({
    path: paths,
    kind: fc.constant('folder' as const),
    sizeBytes: fc.constant(0),
    executable: fc.constant(true),
    target: fc.constant(''),
  }),
  fc.record({
    path: paths,
    kind: fc.constant('link' as const),
    sizeBytes: fc.constant(0),
    executable: fc.constant(true),
    target: paths,
  }),
);

describe('a tar header', () => {
  it('says again what it was made from', () => {
    fc.assert(
      fc.property(entries, (entry) => {
        expect(readBack(encodeTarHeader(entry, 1_700_000_000))).toEqual(entry);
      }),
    );
  });

  it('is understood by tar', () => {
    const folder = mkdtempSync(join(tmpdir(), 'seedbed-test-'));
    try {
      const long = `${'long/'.repeat(60)}name`;
      const list: TarEntry[] = [
        { path: 'plain', kind: 'file', sizeBytes: 3, executable: true, target: '' },
        { path: long, kind: 'file', sizeBytes: 3, executable: false, target: '' },
        {
          path: `${'p'.repeat(90)}/${'n'.repeat(90)}`,
          kind: 'file',
          sizeBytes: 3,
          executable: false,
          target: '',
        },
        { path: 'folder', kind: 'folder', sizeBytes: 0, executable: true, target: '' },
        { path: 'link', kind: 'link', sizeBytes: 0, executable: true, target: 't'.repeat(150) },
      ];
      const parts = list.flatMap((entry) => [
        encodeTarHeader(entry, 1_700_000_000),
        ...(entry.sizeBytes > 0 ? [Buffer.from('abc'), tarPadding(3)] : []),
      ]);
      const archive = join(folder, 'a.tar');
      writeFileSync(archive, Buffer.concat([...parts, TAR_END]));
      const { stdout, stderr, error } = spawnSync(
        'tar',
        ['--full-time', '--numeric-owner', '-tvf', archive],
        { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } },
      );
      if (error !== undefined && process.env['REQUIRE_TOOLS'] !== '1') return;
      expect(stderr).toBe('');
      const time = '2023-11-14 22:13:20';
      expect(
        stdout
          .trim()
          .split('\n')
          .map((line) => line.replace(/ +/g, ' ')),
      ).toEqual([
        `-rwxr-xr-x 0/0 3 ${time} plain`,
        `-rw-r--r-- 0/0 3 ${time} ${long}`,
        `-rw-r--r-- 0/0 3 ${time} ${list[2]?.path ?? ''}`,
        `drwxr-xr-x 0/0 0 ${time} folder/`,
        `lrwxr-xr-x 0/0 0 ${time} link -> ${'t'.repeat(150)}`,
      ]);
      expect(readFileSync(archive).length % 512).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is damaged when any byte of it is another', () => {
    const header = encodeTarHeader(
      { path: 'x', kind: 'file', sizeBytes: 5, executable: false, target: '' },
      0,
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 511 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(header);
        changed[at] = (changed[at] ?? 0) ^ change;
        const found = decodeTarHeader(changed);
        // The sum itself may be written in other ways that mean the same.
        if (found.kind === 'entry') expect(at).toBeGreaterThanOrEqual(148);
        if (found.kind === 'entry') expect(at).toBeLessThan(156);
      }),
    );
  });
});

/** Pax records, when there are some, and the entry behind them. */
function readBack(bytes: Buffer): TarEntry | null {
  const header = decodeTarHeader(bytes.subarray(0, 512));
  if (header.kind === 'entry') return bytes.length === 512 ? header.entry : null;
  if (header.kind !== 'pax') return null;
  const body = bytes.subarray(512, 512 + header.sizeBytes);
  const next = decodeTarHeader(bytes.subarray(bytes.length - 512));
  return next.kind === 'entry' ? applyPaxRecords(body, next.entry) : null;
}
