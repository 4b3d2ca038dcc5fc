// Rules about a bootstrap.cfg that the person wrote: what kaem, bash and the configurator would trip over, and what it says of the rest.
// Source: live-bootstrap 984b8322, seed/script-generator.c (load_config), steps/configurator, steps/improve/swap.sh (`dd bs=1M count=${SWAP_SIZE}`).
import { describeError } from '../../shared/error-texts.ts';
import type { BootstrapConfiguration, ImageFinding } from '../../shared/model/bootstrap-config.ts';
import { startsFromBuilderHex0 } from './bootstrap-cfg.ts';
import { finding } from './bootstrap-rule.ts';
import { type BootstrapVariable, parseBootstrapVariables, variableValue } from './bootstrap-variables.ts';

/** Read before anything could ask for them. */
const NEEDED = [
  'ARCH',
  'ARCH_DIR',
  'CHROOT',
  'JOBS',
  'FINAL_JOBS',
  'SWAP_SIZE',
  'DISK',
  'KERNEL_BOOTSTRAP',
  'BARE_METAL',
  'INTERACTIVE',
];

const SWITCHES = [
  'FORCE_TIMESTAMPS',
  'CHROOT',
  'UPDATE_CHECKSUMS',
  'INTERACTIVE',
  'QEMU',
  'BARE_METAL',
  'KERNEL_BOOTSTRAP',
  'BUILD_KERNELS',
  'CONFIGURATOR',
];

export interface OwnConfiguration {
  findings: ImageFinding[];
  /** The configuration with what the text says in its place, for the other rules. */
  configuration: BootstrapConfiguration;
}

export function checkOwnConfiguration(text: string, given: BootstrapConfiguration): OwnConfiguration {
  let variables: BootstrapVariable[];
  try {
    variables = parseBootstrapVariables(text);
  } catch (failure) {
    const { message } = describeError(failure);
    return {
      findings: [error('config-unreadable', message, 'Write NAME=value, one a line.')],
      configuration: given,
    };
  }
  const valueOf = (name: string): string => variableValue(variables, name);
  const missing = NEEDED.filter((name) => !variables.some((variable) => variable.name === name));
  const findings = [
    ...(missing.length === 0
      ? []
      : [
          error(
            'config-incomplete',
            `Nothing says what ${missing.join(', ')} shall be; the bootstrap’s scripts take that for granted.`,
            'Start from a created one: let Seedbed create one, and look at it.',
          ),
        ]),
    ...variables.flatMap(checkValue),
    ...startFindings(valueOf('KERNEL_BOOTSTRAP'), given),
  ];
  return { findings, configuration: withText(given, valueOf) };
}

function checkValue({ name, value }: BootstrapVariable): ImageFinding[] {
  if (name === 'SWAP_SIZE' && value !== '' && !/^\d+$/.test(value))
    return [
      error(
        'swap-not-mib',
        `SWAP_SIZE=${value} is given to dd as a count of MiB: 4G would be four thousand million of them, far more than any disk holds.`,
        'Write a plain number of MiB: 4096.',
      ),
    ];
  if (SWITCHES.includes(name) && value !== 'True' && value !== 'False')
    return [
      error(
        'config-switch',
        `${name} is compared with True and False; ${JSON.stringify(value)} is neither.`,
        `Write ${name}=True or ${name}=False.`,
      ),
    ];
  const bare = value.replace(/^"([^"$`\\]*)"$|^'([^']*)'$/, '');
  if (/[\s"'`$\\;&|<>()]/.test(bare))
    return [
      error(
        'config-value',
        `The shells that read ${name}=${value} take it for more than a word.`,
        'Put it into double quotes, without $, \\ and backquotes.',
      ),
    ];
  return [];
}

function startFindings(value: string, given: BootstrapConfiguration): ImageFinding[] {
  const expected = startsFromBuilderHex0(given) ? 'True' : 'False';
  if (value === expected || value === '') return [];
  return [
    error(
      'config-other-start',
      `It says KERNEL_BOOTSTRAP=${value}, but this image ${expected === 'True' ? 'starts from builder-hex0' : 'starts from a supplied kernel'}.`,
      `Write KERNEL_BOOTSTRAP=${expected}.`,
    ),
  ];
}

function withText(given: BootstrapConfiguration, valueOf: (name: string) => string): BootstrapConfiguration {
  const swap = valueOf('SWAP_SIZE');
  const isOn = (name: string): boolean => valueOf(name) === 'True';
  return {
    ...given,
    disk: valueOf('DISK') === '' ? given.disk : valueOf('DISK'),
    mirrors: valueOf('MIRRORS')
      .replace(/["']/g, '')
      .split(/\s+/)
      .filter((mirror) => mirror !== ''),
    swapMiB: /^\d{1,7}$/.test(swap) ? Number(swap) : 0,
    interactive: isOn('INTERACTIVE'),
    configurator: isOn('CONFIGURATOR'),
    updateChecksums: isOn('UPDATE_CHECKSUMS'),
    forceTimestamps: isOn('FORCE_TIMESTAMPS'),
    console: isOn('BARE_METAL') ? 'screen' : 'serial',
  };
}

function error(code: string, why: string, hint: string): ImageFinding {
  return finding('error', code, 'overlays', why, hint);
}
