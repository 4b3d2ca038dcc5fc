// What a run would start, for a person at a terminal: the same machine over the image's own files, which it does not change.
import { diskPathFor } from '../image/image-files.ts';
import { machineOptions } from '../../shared/model/machine.ts';
import type { AcceleratorDecision } from './accelerators.ts';
import type { Qemu } from './find-qemu.ts';
import { formatScript, SCRIPT_NOTE } from './posix-script.ts';
import { settingsOf, type StartRequest } from './prepare-run.ts';
import { terminalArguments } from './qemu-command.ts';

export function previewRun(
  request: StartRequest,
  using: { qemu: Qemu; decision: AcceleratorDecision },
): { argv: string[]; script: string } {
  const { image, kernelPath } = request;
  const { disks } = image.record;
  const settings = settingsOf(request, machineOptions(request.machine), using);
  const kernel =
    settings.kernel === null || kernelPath === undefined ? null : { ...settings.kernel, path: kernelPath };
  const files = disks.map(({ role }) => ({
    role,
    path: diskPathFor(image.path, role, disks[0].role),
    format: 'raw' as const,
  }));
  const argv = [using.qemu.path, ...terminalArguments({ ...settings, kernel }, files, 'mon:stdio')];
  return { argv, script: formatScript(argv, [using.decision.reason, SCRIPT_NOTE]) };
}
