// The variables of steps/bootstrap.cfg as a list: order and doubles count, since script-generator keeps both.
// Source: live-bootstrap 984b8322, seed/script-generator.c (load_config, output_config, get_var) and rootfs.py (create_configuration_file).
import { SeedbedError } from '../../shared/errors.ts';
import { type BootstrapConfiguration, DEFAULT_CONFIGURATION } from '../../shared/model/bootstrap-config.ts';
import type { LaunchMode } from '../../shared/model/manifest.ts';
import { formatBootstrapCfg } from './bootstrap-cfg.ts';

export interface BootstrapVariable {
  name: string;
  value: string;
}

/** MAX_STRING of script-generator.c, less the NUL. */
const LONGEST_LINE_BYTES = 2047;

/** `NAME=value` lines in order. Throws CHECKOUT_UNREADABLE where script-generator would stop or lose characters. */
export function parseBootstrapVariables(text: string, fileName = 'steps/bootstrap.cfg'): BootstrapVariable[] {
  const fail = (line: number, reason: string): SeedbedError =>
    new SeedbedError('CHECKOUT_UNREADABLE', { file: fileName, line, reason });
  if (text === '') return [];
  const lines = text.split('\n');
  // load_config cuts the last character of every line, line end or not.
  if (lines.pop() !== '') throw fail(lines.length + 1, 'the last line has no line end');
  return lines.map((line, index) => {
    const equals = line.indexOf('=');
    if (equals < 0) throw fail(index + 1, 'this is not NAME=value');
    if (utf8Length(line) >= LONGEST_LINE_BYTES)
      throw fail(index + 1, `the line is longer than ${LONGEST_LINE_BYTES - 1} bytes`);
    return { name: line.slice(0, equals), value: line.slice(equals + 1) };
  });
}

/** The text that script-generator writes back. */
export function formatBootstrapVariables(variables: readonly BootstrapVariable[]): string {
  return variables.map(({ name, value }) => `${name}=${value}\n`).join('');
}

/** The first of that name counts; unset is the empty string. */
export function variableValue(variables: readonly BootstrapVariable[], name: string): string {
  return variables.find((variable) => variable.name === name)?.value ?? '';
}

const LAUNCH_CONFIGURATIONS: Readonly<Record<LaunchMode, BootstrapConfiguration>> = {
  'kernel-bootstrap': DEFAULT_CONFIGURATION,
  kernel: { ...DEFAULT_CONFIGURATION, suppliedKernel: true },
  chroot: { ...DEFAULT_CONFIGURATION, machine: 'chroot' },
};

/** What rootfs.py writes for a mode with all other options left alone, and then the changes, each in its place or at the end. */
export function launchVariables(
  mode: LaunchMode,
  changes: readonly BootstrapVariable[] = [],
): BootstrapVariable[] {
  const variables = parseBootstrapVariables(formatBootstrapCfg(LAUNCH_CONFIGURATIONS[mode]));
  for (const { name, value } of changes) {
    const known = variables.find((variable) => variable.name === name);
    if (known === undefined) variables.push({ name, value });
    else known.value = value;
  }
  return variables;
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
