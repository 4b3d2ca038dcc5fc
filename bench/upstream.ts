// Image build from a real checkout against live-bootstrap's own generator, both from the same copy with the same bytes as distfiles.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { openCheckout, readPreNetworkDistfiles } from '../src/engine/checkout/open-checkout.ts';
import { settle, timeBuild } from './image.ts';
import { makeDistfiles } from './make-distfiles.ts';
import { alternate, median, timeProgram } from './measure.ts';
import { formatRatio, formatSeconds, type Row } from './table.ts';

/** With the checkout's own 6.6 MB it stays below builder-hex0's 315 MiB. */
const TOTAL_BYTES = 322_000_000;
const ROUNDS = 3;

/** What rootfs.py does for `--qemu` before it starts QEMU (live-bootstrap 984b8322). `requests` is a stand-in: every distfile is there. */
const DRIVER = `
import argparse, os, sys, types
sys.modules['requests'] = types.ModuleType('requests')
sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())
import rootfs
from lib.generator import Generator
if os.path.exists('steps/bootstrap.cfg'):
    os.remove('steps/bootstrap.cfg')
rootfs.create_configuration_file(argparse.Namespace(arch='x86', force_timestamps=False, chroot=False, bwrap=False,
  update_checksums=False, cores=2, swap=0, internal_ci=None, interactive=False, qemu=True, bare_metal=False, kernel=None,
  repo=None, external_sources=False, build_kernels=False, configurator=False, mirrors=[]))
Generator('x86', False, None, None, []).prepare(types.SimpleNamespace(path=sys.argv[1]), kernel_bootstrap=True, target_size=0)
`;

export async function benchUpstream(folder: string, checkout: string): Promise<Row[]> {
  const copy = join(folder, 'live-bootstrap');
  cpSync(checkout, copy, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => basename(path) !== '.git' && basename(path) !== 'distfiles',
  });
  const distfiles = await replaceDistfiles(copy);
  const [ours = [], theirs = []] = await alternate(ROUNDS, [
    async () => (await timeBuild(copy, distfiles, folder)).milliseconds,
    () => timeGenerator(copy, folder),
  ]);
  const [our, their] = [median(ours), median(theirs)];
  return [
    {
      what: `image build from a checkout, ${TOTAL_BYTES / 1e6} MB of distfiles`,
      target: '',
      measured: formatSeconds(our),
      peer: `${formatSeconds(their)} (upstream’s generator)`,
      ratio: formatRatio(our, their),
      met: null,
    },
  ];
}

/** Random bytes under the names of the pre-network distfiles, and their sha256 in the copy's sources files. */
async function replaceDistfiles(copy: string): Promise<string> {
  const folder = join(copy, 'distfiles');
  const wanted = await readPreNetworkDistfiles(await openCheckout(copy));
  const made = makeDistfiles(
    folder,
    wanted.map(({ name }) => name),
    TOTAL_BYTES,
  );
  for (const [index, { sha256, steps }] of wanted.entries()) {
    for (const step of steps) {
      const path = join(copy, 'steps', step, 'sources');
      writeFileSync(path, readFileSync(path, 'utf8').replaceAll(sha256, made[index]?.sha256 ?? ''));
    }
  }
  return folder;
}

async function timeGenerator(copy: string, folder: string): Promise<number> {
  const out = join(folder, 'theirs');
  mkdirSync(out);
  await settle();
  const { milliseconds } = await timeProgram('python3', ['-c', DRIVER, out], copy);
  rmSync(out, { recursive: true });
  return milliseconds;
}
