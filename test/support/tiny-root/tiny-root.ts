// A checkout whose bootstrap runs to its end in a second: live-bootstrap's structure with one tiny program of our own (tiny.c) in place of the seeds. Its 19
// "tools" are copied and checked by sum, its scripts print what kaem prints, and a test can have it do whatever else tiny.c can.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CheckoutFixture, makeCheckout, sha256 } from '../checkout-fixture.ts';
import { STAGE0_TOOLS } from '../consoles.ts';

/** Null when it can be compiled here, else why not. */
export const tinyMissing: string | null = hasProgram('gcc') ? null : 'gcc is not installed';

/** On the PATH, or where only root's looks. */
export function hasProgram(name: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => existsSync(join(folder, name)));
}

const SOURCE = fileURLToPath(new URL('tiny.c', import.meta.url));

/** The program's bytes, compiled into `folder`. `source`: where tiny.c lies, for a bundle of this file. */
export function compileTiny(folder: string, source = SOURCE): Uint8Array {
  const out = join(folder, 'tiny');
  const { status, stderr } = spawnSync('gcc', ['-static', '-O1', '-w', '-o', out, source], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`gcc: ${stderr}`);
  return readFileSync(out);
}

export interface TinyOptions {
  /** Lines of /steps/0.sh behind the two builds. */
  more?: string[];
  /** Lines of /kaem.x86 before everything else. */
  first?: string[];
}

/** Two builds, of which the first wants the distfile alpha.tar.gz. */
export async function createTinyCheckout(
  root: string,
  program: Uint8Array,
  { more = [], first = [] }: TinyOptions = {},
): Promise<CheckoutFixture> {
  const alpha = new TextEncoder().encode('the distfile of alpha\n');
  const stage0 = 'seed/stage0-posix';
  const built = (name: string): string => `what ${name} would be\n`;
  const material = (name: string): [string, string] => [`${stage0}/material/${name}`, built(name)];
  const sums = (names: readonly string[], nameOf: (name: string) => string): string =>
    names.map((name) => `${sha256(built(name))}  ${nameOf(name)}\n`).join('');
  const script = (...lines: string[]): string => `# ours\n${lines.join('\n')}\n`;
  return makeCheckout(root, {
    distfiles: new Map([['alpha.tar.gz', alpha]]),
    edit: (files) => {
      for (const name of ['steps/late-3.0/sources', 'steps/beta-2.0/pass1.sh', 'steps/beta-2.0/pass2.sh'])
        files.delete(name);
      const more19 = [...STAGE0_TOOLS, 'configurator', 'script-generator', 'alpha', 'beta'].map(material);
      const entries: [string, string | Uint8Array][] = [
        ...more19,
        [`${stage0}/bootstrap-seeds/POSIX/x86/kaem-optional-seed`, program],
        [
          `${stage0}/kaem.x86`,
          script(
            ...first,
            'mkdir x86/bin',
            'mkdir usr',
            'mkdir usr/bin',
            ...STAGE0_TOOLS.map((name) => `cp material/${name} x86/bin/${name}`),
            'sha256sum -c x86.answers',
            'kaem --file after.kaem',
          ),
        ],
        [`${stage0}/x86.answers`, sums(STAGE0_TOOLS, (name) => `x86/bin/${name}`)],
        ['seed/after.kaem', script('kaem --file seed-full.kaem')],
        [
          'seed/seed-full.kaem',
          script(
            'cp material/configurator configurator',
            'sha256sum -c configurator.x86.checksums',
            'cp material/script-generator script-generator',
            'sha256sum -c script-generator.x86.checksums',
            'kaem --file /steps/0.sh',
          ),
        ],
        ['seed/configurator.x86.checksums', sums(['configurator'], String)],
        ['seed/script-generator.x86.checksums', sums(['script-generator'], String)],
        ['steps/manifest', 'build: alpha-1.0\nbuild: beta-2.0\nimprove: get_network ( CHROOT == False )\n'],
        ['steps/0.sh', script('cd /steps', ...buildLines('alpha-1.0'), ...buildLines('beta-2.0'), ...more)],
        [
          'steps/alpha-1.0/pass1.kaem',
          script(
            'sha256sum -c sources.SHA256SUM',
            'cp /material/alpha /usr/bin/alpha',
            'sha256sum -c alpha-1.0.checksums',
          ),
        ],
        ['steps/alpha-1.0/sources.SHA256SUM', `${sha256(alpha)}  /external/distfiles/alpha.tar.gz\n`],
        ['steps/alpha-1.0/alpha-1.0.checksums', sums(['alpha'], () => '/usr/bin/alpha')],
        [
          'steps/beta-2.0/pass1.kaem',
          script('cp /material/beta /usr/bin/beta', 'sha256sum -c beta-2.0.checksums'),
        ],
        ['steps/beta-2.0/beta-2.0.checksums', sums(['beta'], () => '/usr/bin/beta')],
      ];
      for (const [path, content] of entries) files.set(path, content);
    },
  });
}

function buildLines(name: string): string[] {
  return [`pkg=${name}`, `cd ${name}`, 'kaem --file pass1.kaem', 'cd ..'];
}
