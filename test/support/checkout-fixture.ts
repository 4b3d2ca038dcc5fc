// A tiny checkout of our own making with live-bootstrap's structure, in a folder of the test's: enough for every rule, none of upstream's text.
import { createHash } from 'node:crypto';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface CheckoutFixture {
  path: string;
  /** Folder with the distfiles by name. */
  distfiles: string;
}

export type FixtureFile = string | Uint8Array | { link: string } | { folder: true };

/** Path in the checkout → what is there. */
export type FixtureFiles = Map<string, FixtureFile>;

export interface FixtureOptions {
  /** Change the files before they are written. */
  edit?: (files: FixtureFiles) => void;
  /** Name → bytes; the first two are the default ones unless replaced. */
  distfiles?: ReadonlyMap<string, Uint8Array>;
  /** Create in the opposite order, so that a folder's own order differs. */
  backwards?: boolean;
}

const STAGE0 = 'seed/stage0-posix';

export function defaultDistfiles(): Map<string, Uint8Array> {
  return new Map([
    ['alpha-1.0.tar.gz', Buffer.from('the bytes of alpha\n')],
    ['beta-2.0.tar.xz', Buffer.alloc(70_000, 'beta ')],
  ]);
}

/** Write the checkout into `root`/checkout and its distfiles into `root`/distfiles. */
export async function makeCheckout(root: string, options: FixtureOptions = {}): Promise<CheckoutFixture> {
  const distfiles = options.distfiles ?? defaultDistfiles();
  const files = fixtureFiles(distfiles);
  options.edit?.(files);
  const checkout = join(root, 'checkout');
  const entries = [...files];
  if (options.backwards === true) entries.reverse();
  for (const [path, content] of entries) await put(join(checkout, path), content);
  for (const [name, bytes] of distfiles) await put(join(root, 'distfiles', name), bytes);
  await mkdir(join(root, 'distfiles'), { recursive: true });
  return { path: checkout, distfiles: join(root, 'distfiles') };
}

async function put(path: string, content: FixtureFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  if (typeof content === 'string' || content instanceof Uint8Array) await writeFile(path, content);
  else if ('link' in content) await symlink(content.link, path);
  else await mkdir(path, { recursive: true });
}

/** What a checkout holds, at least, for an x86 image. */
export function fixtureFiles(distfiles: ReadonlyMap<string, Uint8Array>): FixtureFiles {
  const submodules = [
    'M2-Planet',
    'M2libc',
    'mescc-tools',
    'mescc-tools-extra',
    'M2-Mesoplanet',
    'x86',
    'bootstrap-seeds',
  ];
  const nested = ['M2-Planet', 'mescc-tools', 'mescc-tools-extra', 'M2-Mesoplanet'];
  return new Map<string, FixtureFile>([
    ['.gitmodules', gitmodules(['builder-hex0', STAGE0])],
    ['rootfs.py', 'not part of an image\n'],
    ['builder-hex0/builder-hex0-x86-stage1.hex0', stage1Text()],
    ['builder-hex0/builder-hex0-x86-stage2.hex0', stage2Text()],
    ['seed/seed.kaem', 'seed\n'],
    ['seed/after.kaem', 'the after of seed/\n'],
    ['seed/unused-folder/file', 'folders of seed/ stay out\n'],
    [`${STAGE0}/.gitmodules`, gitmodules([...submodules, 'AMD64'])],
    [`${STAGE0}/kaem.x86`, 'kaem\n'],
    [`${STAGE0}/after.kaem`, 'replaced by that of seed/\n'],
    [`${STAGE0}/High Level Prototypes/stage0.c`, 'upstream’s one name with spaces\n'],
    [`${STAGE0}/AMD64`, { folder: true }],
    [`${STAGE0}/bootstrap-seeds/POSIX/x86/hex0-seed`, 'seeds stay out\n'],
    [`${STAGE0}/x86/hex0_x86.hex0`, '# hex0\n90\n'],
    [`${STAGE0}/x86/kaem-minimal.hex0`, '# kaem\n91\n'],
    [`${STAGE0}/x86/artifact/.gitignore`, '*\n'],
    [`${STAGE0}/M2libc/bootstrappable.c`, 'libc\n'],
    [`${STAGE0}/M2-Planet/cc.c`, 'cc\n'],
    [`${STAGE0}/mescc-tools/hex2.c`, 'hex2\n'],
    [`${STAGE0}/mescc-tools-extra/sha256sum.c`, 'sha256sum\n'],
    [`${STAGE0}/M2-Mesoplanet/cc.c`, 'cc\n'],
    ...nested.flatMap((name): [string, string][] => [
      [`${STAGE0}/${name}/.gitmodules`, gitmodules(['M2libc'])],
      [`${STAGE0}/${name}/M2libc/bootstrappable.c`, 'libc\n'],
    ]),
    ['steps/manifest', MANIFEST],
    ['steps/env', 'ENV=1\n'],
    ['steps/bootstrap.cfg', 'left from an earlier use; replaced\n'],
    ['steps/alpha-1.0/pass1.kaem', 'build alpha\n'],
    ['steps/alpha-1.0/sources', sourcesOf(distfiles)],
    ['steps/beta-2.0/pass1.sh', 'build beta\n'],
    ['steps/beta-2.0/pass2.sh', { link: 'pass1.sh' }],
    ['steps/beta-2.0/patches', { link: '../alpha-1.0' }],
    ['steps/beta-2.0/files/.keep', ''],
    ['steps/late-3.0/sources', `f http://example.org/late.tar.gz ${'0'.repeat(64)}\n`],
  ]);
}

const MANIFEST = `# a manifest of our own
build: alpha-1.0
define: FLAG = ( CHROOT == False )
build: beta-2.0 ( FLAG == True ) # as in upstream
improve: get_network ( CHROOT == False )
build: late-3.0
`;

function sourcesOf(distfiles: ReadonlyMap<string, Uint8Array>): string {
  return [...distfiles]
    .map(([name, bytes], index) =>
      index % 2 === 0
        ? `f http://example.org/${name} ${sha256(bytes)}\n`
        : `g git://example.org/${name}~1 _ ${sha256(bytes)} ${name}\n`,
    )
    .join('');
}

function gitmodules(paths: readonly string[]): string {
  return paths
    .map((path) => `[submodule "${path}"]\n\tpath = ${path}\n\turl = https://example.org/${path}\n`)
    .join('');
}

/** A boot sector that halts. */
export function stage1Text(): string {
  return `# halts\nF4 EB FD\n${'00\n'.repeat(507)}55 AA\n`;
}

/** Says like builder-hex0's where its stream starts: by default where it really does. */
export function stage2Text({ lines = 200, lba }: { lines?: number; lba?: number } = {}): string {
  const filler = '# a line that makes this text as long as it shall be\n'.repeat(lines);
  const text = (sector: number): string =>
    `${filler}B8 00 7E 00 00\n3D 00 7C 00 00\n75 0C\nC7 05 00 00 00 01 08 00 00 00\nEB 0A\n` +
    `C7 05 00 00 00 01 ${littleEndian(sector)}\n`;
  return text(lba ?? 1 + Math.ceil((text(0).length + 1) / 512));
}

/** Where the stream of an image from the default fixture starts. */
export function fixtureStreamSector(): number {
  return 1 + Math.ceil((stage2Text().length + 1) / 512);
}

function littleEndian(value: number): string {
  const bytes = [0, 8, 16, 24].map((shift) => ((value >>> shift) & 0xff).toString(16).padStart(2, '0'));
  return bytes.join(' ').toUpperCase();
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
