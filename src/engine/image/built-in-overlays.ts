// The overlays that Seedbed brings along: texts in resources/overlays/<name>, laid out as in a checkout.
import type { BuiltInOverlay } from '../../shared/model/image-preset.ts';
import type { OverlayDescription } from '../../shared/model/overlay.ts';

export const BUILT_IN_OVERLAYS: Readonly<Record<BuiltInOverlay, OverlayDescription>> = {
  offline: {
    name: 'offline',
    title: 'Go on without the Internet',
    summary:
      'Upstream asks example.com for two minutes and then ends the run, even when all distfiles are on a disk. With this it goes on.',
    files: ['steps/improve/get_network.sh'],
  },
  'serial-shell': {
    name: 'serial-shell',
    title: 'Root shell on the serial console',
    summary:
      'At the end, and whenever the new system boots, a root shell opens on the first serial port too, not on the screen only. The run then waits at its end until that shell is left.',
    files: ['steps/after/80-serial-shell.sh'],
  },
  'boot-menu': {
    name: 'boot-menu',
    title: 'Boot menu that finds its disk',
    summary:
      'Upstream’s boot menu names the disk as it was called during the bootstrap, so the external disk does not boot alone. With this it is found by its UUID and signature.',
    files: ['steps/after/70-boot-menu.sh'],
  },
};
