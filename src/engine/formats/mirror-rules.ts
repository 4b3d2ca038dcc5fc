// Rules about mirrors. The machine has no TLS when it gets its network, and asks one mirror only, chosen by chance, for each file.
// Source: live-bootstrap 984b8322, rootfs.py (“At least one mirror must be provided”), steps/helpers.sh (download_source_line), steps/curl-8.17.0.
import type { BootstrapConfiguration, ImageFinding } from '../../shared/model/bootstrap-config.ts';
import { isGuestMirror, isSandbox, LONGEST_CFG_LINE } from './bootstrap-cfg.ts';
import { finding, type RuleContext } from './bootstrap-rule.ts';

export function mirrorRules(configuration: BootstrapConfiguration, { goal }: RuleContext): ImageFinding[] {
  const { mirrors, externalSources, machine } = configuration;
  const wrong = mirrors.filter((mirror) => !isGuestMirror(mirror)).map(refused);
  if (mirrors.join(' ').length > LONGEST_CFG_LINE - 'MIRRORS=""'.length)
    wrong.push(
      error(
        'mirrors-too-long',
        'The mirrors together are longer than a line that upstream’s programs read (2047 bytes).',
        'Name fewer.',
      ),
    );
  if (wrong.length > 0 || goal === 'stage0' || externalSources) return wrong;
  if (mirrors.length === 0)
    return [
      error(
        'mirrors-none',
        'Without a mirror the run fails hours after its start: 21 distfiles exist on mirrors only, and others can be had over plain http from nowhere else.',
        'Name a mirror (http://…), or put all distfiles on a disk (external sources).',
      ),
    ];
  return [...plainRules(mirrors), ...chanceRules(mirrors), ...loopbackRules(mirrors, machine)];

  function plainRules(all: readonly string[]): ImageFinding[] {
    if (isSandbox(configuration) || all.some((mirror) => mirror.startsWith('http:'))) return [];
    return [
      error(
        'mirrors-need-tls',
        'The first curl that the machine builds speaks no TLS: of the 72 distfiles that it fetches before the second one, 33 can only come from a plain http mirror.',
        'Name a mirror with http://, or put all distfiles on a disk (external sources). Every file is compared with its sha256 either way.',
      ),
    ];
  }
}

function chanceRules(mirrors: readonly string[]): ImageFinding[] {
  if (mirrors.length < 2) return [];
  return [
    finding(
      'warning',
      'mirrors-by-chance',
      'mirrors',
      'The machine asks one of the mirrors for each file, chosen by chance, and no other when it fails: one dead mirror among several can end the run.',
      'Name the one that you trust to be up.',
    ),
  ];
}

function loopbackRules(
  mirrors: readonly string[],
  machine: BootstrapConfiguration['machine'],
): ImageFinding[] {
  if (
    machine !== 'bare-metal' ||
    !mirrors.some((mirror) => /^https?:\/\/(127\.|localhost|10\.0\.2\.2)/.test(mirror))
  )
    return [];
  return [
    error(
      'mirror-loopback',
      'On bare metal 127.0.0.1 is the machine itself, and 10.0.2.2 is known inside QEMU only.',
      'Name the address that this computer has in the network.',
    ),
  ];
}

function refused(mirror: string): ImageFinding {
  if (mirror.startsWith('file:'))
    return error(
      'mirror-file',
      `A machine cannot reach ${JSON.stringify(mirror)}: it is a folder of this computer.`,
      'Serve that folder over http (Seedbed can). Or put all distfiles on a disk (external sources).',
    );
  return error(
    'mirror-refused',
    `${JSON.stringify(mirror)} is not an http or https address, or it holds quotes, spaces, $, \\ or backquotes, which the guest’s shells would read.`,
    'Write it as http://host/path.',
  );
}

function error(code: string, why: string, hint: string): ImageFinding {
  return finding('error', code, 'mirrors', why, hint);
}
