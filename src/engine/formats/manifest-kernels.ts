// Which kernel runs which script: the first by how the bootstrap was started, the others by the jumps between them.
// Source: live-bootstrap 984b8322, steps/jump/{fiwix,linux}.sh.
import type { ManifestScript } from '../../shared/model/manifest.ts';
import type { BootstrapScript } from './manifest-script.ts';

export type FirstKernel = Exclude<ManifestScript['kernel'], 'fiwix'>;

export function firstKernel(valueOf: (name: string) => string): FirstKernel {
  if (valueOf('KERNEL_BOOTSTRAP') === 'True') return 'builder-hex0';
  return valueOf('CHROOT') === 'True' ? 'host' : 'linux';
}

/** Scripts with the kernel that they run on. */
export function namedScripts(scripts: readonly BootstrapScript[], first: FirstKernel): ManifestScript[] {
  let kernel: ManifestScript['kernel'] = first;
  return scripts.map(({ number, shell, entries }) => {
    const script = { number, shell, kernel, entries };
    const jump = entries.find(({ directive }) => directive === 'jump')?.argument;
    if (jump === 'fiwix' || jump === 'linux') kernel = jump;
    return script;
  });
}
