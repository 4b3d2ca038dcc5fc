// What decoders and assemblers by other people say about a program. Each is named with its version; one that is not here is not checked.
import type { AuditCheck } from '../../shared/model/audit.ts';
import type { CodeBits } from '../formats/seed/i386-decode.ts';
import { check, type CheckId, counted, notChecked } from './checks.ts';
import { type LoadedProgram, sameBytes } from './load-program.ts';
import { compareBuilds, SAME_TEXTS } from './same-program.ts';
import type { Toolbox, ToolName } from './tools.ts';

const PYTHON =
  "import re,sys;print(bytes.fromhex(re.sub('[;#].*','',open(sys.argv[1],encoding='utf8').read())).hex())";
const PERL = 'undef $/;$_=<>;s/[;#].*//g;s/\\s//g;print unpack("H*",pack("H*",$_))';

/** For programs whose text is hex0: anybody's hexadecimal decoder can read it. */
export async function askDecoders(loaded: LoadedProgram, tools: Toolbox): Promise<AuditCheck[]> {
  const { program, bytes, sources } = loaded;
  if (program.dialect !== 'hex0') return [];
  const text = sources.map((source) => source.text).join('');
  const file = await tools.write(`${program.id}.hex0`, text);
  const judge = async (id: CheckId, names: readonly ToolName[], decode: () => Promise<Uint8Array>) => {
    const missing = names.find((name) => tools.get(name) === undefined);
    if (missing !== undefined) return check(id, program.id, notChecked(`${missing} is absent`));
    const versions = names.map((name) => tools.get(name)?.version ?? name).join('; ');
    try {
      const equal = sameBytes(await decode(), bytes);
      return check(id, program.id, counted(1, equal ? 1 : 0, versions));
    } catch (error) {
      return check(id, program.id, counted(1, 0, error instanceof Error ? error.message : versions));
    }
  };
  return [
    await judge('opinion.sed-xxd', ['sed', 'xxd'], async () => {
      await tools.write(`${program.id}.digits`, await tools.run('sed', ['s/[;#].*$//g', file]));
      await tools.run('xxd', [
        '-r',
        '-p',
        tools.path(`${program.id}.digits`),
        tools.path(`${program.id}.xxd`),
      ]);
      return tools.read(`${program.id}.xxd`);
    }),
    await judge('opinion.python', ['python3'], async () =>
      Buffer.from((await tools.run('python3', ['-c', PYTHON, file])).trim(), 'hex'),
    ),
    await judge('opinion.perl', ['perl'], async () =>
      Buffer.from((await tools.run('perl', ['-e', PERL, file])).trim(), 'hex'),
    ),
    ...(program.id === 'hex0' ? [check('opinion.hex0-sh', program.id, notChecked(unspacedWords(text)))] : []),
  ];
}

/** hex0.sh of bootstrap-seeds (hex0-alternatives, cedec6b8) reads words of two digits and refuses all others. */
function unspacedWords(text: string): string {
  const words = text
    .replace(/[#;].*/g, '')
    .split(/\s+/)
    .filter((word) => word.length > 2);
  return words.length === 0
    ? 'not run by Seedbed'
    : `not applicable: the text writes ${words.length} times several bytes without a space, first ${words[0] ?? ''}`;
}

/** The same instruction at each address, by its name. Its length shows in the address of the next one. */
export async function askObjdump(loaded: LoadedProgram, tools: Toolbox): Promise<AuditCheck> {
  const { program, bytes, annotated } = loaded;
  const id = program.id;
  if (tools.get('objdump') === undefined)
    return check('opinion.objdump', id, notChecked('objdump is absent'));
  const file = await tools.write(`${id}.bin`, bytes);
  const ours = annotated.rows.flatMap(({ instruction, bits }) =>
    instruction === null ? [] : [{ ...instruction, bits }],
  );
  const seen = new Map<number, string>();
  for (const { start, end, bits } of stretches(ours)) {
    const words = await tools.run('objdump', [
      ...['-D', '-z', '-b', 'binary', '-m', bits === 16 ? 'i8086' : 'i386', '-M', 'intel'],
      `--adjust-vma=0x${program.base.toString(16)}`,
      `--start-address=0x${start.toString(16)}`,
      `--stop-address=0x${end.toString(16)}`,
      file,
    ]);
    for (const [address, name] of readListing(words)) seen.set(address, name);
  }
  const wrong = ours.filter(({ address, mnemonic }) => !sameName(mnemonic, seen.get(address) ?? ''));
  const [first] = wrong;
  const version = tools.get('objdump')?.version ?? '';
  const detail =
    first === undefined
      ? ''
      : `; first at 0x${first.address.toString(16)}: ${seen.get(first.address) ?? 'nothing there'}`;
  const sixteen = ours.filter(({ bits }) => bits === 16).length;
  const modes = program.elf
    ? ''
    : `; told which code is 16-bit (${sixteen}) and which 32-bit (${ours.length - sixteen})`;
  return check(
    'opinion.objdump',
    id,
    counted(ours.length, ours.length - wrong.length, `${version}${modes}${detail}`),
  );
}

/** Address and name, without the prefixes that objdump prints as words of their own; `movs BYTE PTR …` is called movsb. */
function readListing(text: string): [number, string][] {
  const lines = text.matchAll(
    // Bytes of a long instruction go on in a line that has no name.
    /^\s*([0-9a-f]+):\t[^\t\n]*\t(?:(?:rep\S*|data16|data32|addr16|addr32|[c-gs]s) )*(\S+)(.*)/gm,
  );
  return [...lines].map(([, address = '', name = '', operands = '']) => {
    const width = /\b([BWD])(?:YTE|ORD|WORD) PTR/.exec(operands)?.[1] ?? '';
    const string = /^(lods|stos|movs|cmps|scas)$/.test(name);
    return [parseInt(address, 16), string ? `${name}${width.toLowerCase()}` : name];
  });
}

/** At most so many instructions are asked at once: what is printed is bounded. */
const STRETCH_INSTRUCTIONS = 600;

interface Stretch {
  start: number;
  end: number;
  bits: CodeBits;
}

/** Strings lie between routines: each stretch of code of one mode is given by itself, so that nothing before it can shift it. */
function stretches(code: readonly { address: number; length: number; bits: CodeBits }[]): Stretch[] {
  const found: (Stretch & { count: number })[] = [];
  for (const { address, length, bits } of code) {
    const last = found.at(-1);
    if (last?.end === address && last.bits === bits && last.count < STRETCH_INSTRUCTIONS) {
      last.end = address + length;
      last.count += 1;
    } else found.push({ start: address, end: address + length, bits, count: 1 });
  }
  return found;
}

function sameName(ours: string, theirs: string): boolean {
  const plain = (name: string): string =>
    name.replace(/^(pusha|popa|pushf|popf|[ls][gi]dt)[dw]?$/, '$1').replace(/^sal$/, 'shl');
  return plain(ours.split(' ')[0] ?? '') === plain(theirs);
}

/** M1 and hex2 of this system on upstream's macro assembly. Code is compared where they put another header in front. */
export async function askMesccTools(
  loaded: LoadedProgram,
  files: readonly { name: string; text: string }[],
  tools: Toolbox,
): Promise<AuditCheck> {
  const { program, bytes } = loaded;
  const id = program.id;
  const [assembler, linker] = [tools.get('M1'), tools.get('hex2')];
  if (assembler === undefined || linker === undefined)
    return check(
      'opinion.mescc-tools',
      id,
      notChecked(`${assembler === undefined ? 'M1' : 'hex2'} is absent`),
    );
  const versions = `${assembler.version}, ${linker.version}`;
  try {
    const parts: string[] = [];
    for (const { name, text } of files) {
      const given = await tools.write(`${id}.${name}`, text);
      if (!name.endsWith('.M1')) {
        parts.push('-f', given);
        continue;
      }
      const made = tools.path(`${id}.m1.hex2`);
      await tools.run('M1', ['-f', given, '--little-endian', '--architecture', 'x86', '-o', made]);
      parts.push('-f', made);
    }
    const base = `0x${program.base.toString(16)}`;
    const out = tools.path(`${id}.linked`);
    await tools.run('hex2', [
      ...parts,
      '--little-endian',
      '--architecture',
      'x86',
      '--base-address',
      base,
      '-o',
      out,
    ]);
    const theirs = await tools.read(`${id}.linked`);
    const same = sameBytes(theirs, bytes) ? 'identical' : program.elf ? compareBuilds(theirs, bytes) : null;
    const words = same === null ? versions : `${versions}: ${SAME_TEXTS[same]}`;
    return check('opinion.mescc-tools', id, counted(1, same === null ? 0 : 1, words));
  } catch (error) {
    const words = error instanceof Error ? error.message : '';
    // hex2 before 1.5 takes a two-byte address for a signed number: builder-hex0 has larger ones (trust in Debian's 1.4.0 ends there).
    const tooOld = /does not fit in 2 bytes/.test(words);
    return check('opinion.mescc-tools', id, {
      ...counted(1, 0, `${versions}: ${words}`),
      state: tooOld ? 'explained' : 'failed',
      detail: tooOld
        ? `${versions} is too old for 16-bit addresses above 0x7fff: ${words}`
        : `${versions}: ${words}`,
    });
  }
}
