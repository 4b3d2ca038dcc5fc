// Program × representation: upstream keeps several texts of each program, written and assembled apart. How each compares with the bytes that
// are used; a difference is explained only for exactly the files whose hashes resources/explained-differences.json names.
import type { ExplainedDifferences, RepresentationCell } from '../../shared/model/audit.ts';
import { compareCode, sweep } from '../formats/seed/compare-code.ts';
import { decodeInstruction } from '../formats/seed/i386-decode.ts';
import { readSmallFile } from '../checkout/read-text.ts';
import { assembleFiles, type LoadedProgram, sameBytes, sha256Of } from './load-program.ts';
import { compareBuilds, headerLength, SAME_TEXTS } from './same-program.ts';
import { instructionsOf } from './static-checks.ts';
import type { Toolbox } from './tools.ts';

/** Differences that are shown; all are counted. */
const SHOWN = 40;

/** Upstream's M1 and hex2 texts with Seedbed's own assembler. */
export async function compareTexts(
  root: string,
  { program, bytes }: LoadedProgram,
): Promise<RepresentationCell[]> {
  const cells: RepresentationCell[] = [];
  for (const { name, files, m1 } of program.others) {
    const cell = { program: program.id, representation: name, differences: [] };
    try {
      const made = await assembleFiles(root, files, { m1, base: program.base });
      const same = sameBytes(made, bytes) ? 'identical' : program.elf ? compareBuilds(made, bytes) : null;
      cells.push(
        same === null
          ? { ...cell, state: 'unexplained', detail: firstDifference(made, bytes) }
          : { ...cell, state: same === 'identical' ? same : 'normalised', detail: SAME_TEXTS[same] },
      );
    } catch (error) {
      cells.push({
        ...cell,
        state: 'unexplained',
        detail: error instanceof Error ? error.message : 'cannot be assembled',
      });
    }
  }
  return cells;
}

function firstDifference(made: Uint8Array, bytes: Uint8Array): string {
  const at = made.findIndex((byte, index) => byte !== bytes[index]);
  return `${made.length} bytes against ${bytes.length}; first difference at offset ${at < 0 ? Math.min(made.length, bytes.length) : at}`;
}

/** GNU as and ld on upstream's GAS text, put where the program has its code; data behind it. */
export async function compareGas(
  root: string,
  loaded: LoadedProgram,
  tools: Toolbox,
  explained: ExplainedDifferences,
): Promise<RepresentationCell> {
  const { program, bytes, annotated, texts } = loaded;
  const cell = { program: program.id, representation: 'GAS', differences: [] };
  if (program.gas === null) return { ...cell, state: 'not-applicable', detail: 'upstream has none' };
  const missing = (['as', 'ld', 'objcopy', 'nm'] as const).find((name) => tools.get(name) === undefined);
  if (missing !== undefined) return { ...cell, state: 'absent', detail: `${missing} is absent` };
  const source = await readSmallFile(root, program.gas);
  const header = headerLength(bytes);
  const textAt = program.base + header;
  try {
    const { text, data, dataAt, symbols } = await assembleGas(program.id, source, textAt, tools);
    const whole = Buffer.concat([text, data]);
    const ours = bytes.subarray(header);
    if (sameBytes(whole, ours))
      return { ...cell, state: 'identical', detail: `${ours.length} bytes of code and data` };
    const instructions = blocksOf(symbols, loaded, textAt, textAt + text.length).flatMap(([start, end]) =>
      sweep(start - textAt, end - textAt, (offset) => decodeInstruction(text, offset, { base: textAt })),
    );
    const image = Buffer.concat([text, Buffer.alloc(Math.max(0, dataAt - textAt - text.length)), data]);
    const compared = compareCode(
      { instructions: instructionsOf(annotated.rows), base: textAt, bytes: ours },
      { instructions, base: textAt, bytes: image },
    );
    const { differences } = compared;
    if (differences.length === 0)
      return {
        ...cell,
        state: 'normalised',
        detail: `${compared.instructions} of ${compared.instructions} instructions equal; the assembler chose other sizes`,
      };
    const hashes = [sha256Of(source), ...texts.map(({ sha256 }) => sha256)];
    const known = explained.representations.find(
      (one) =>
        one.program === program.id &&
        one.representation === 'GAS' &&
        one.differences === differences.length &&
        one.sha256.every((hash) => hashes.includes(hash)),
    );
    return {
      ...cell,
      state: known === undefined ? 'unexplained' : 'explained',
      detail: known?.explanation ?? `${differences.length} differences`,
      differences: differences.slice(0, SHOWN),
    };
  } catch (error) {
    return {
      ...cell,
      state: 'unexplained',
      detail: error instanceof Error ? error.message : 'cannot be assembled',
    };
  }
}

async function assembleGas(id: string, source: Uint8Array, textAt: number, tools: Toolbox) {
  const hex = (value: number): string => `0x${value.toString(16)}`;
  const given = await tools.write(`${id}.S`, source);
  const [object, linked] = [tools.path(`${id}.o`), tools.path(`${id}.elf`)];
  await tools.run('as', ['--32', given, '-o', object]);
  const section = async (from: string, name: string): Promise<Uint8Array> => {
    const out = `${id}${name}`;
    await tools.write(out, '');
    await tools.run('objcopy', ['-O', 'binary', '-j', name, from, tools.path(out)]);
    return tools.read(out);
  };
  const dataAt = textAt + (await section(object, '.text')).length;
  const places = [`-Ttext=${hex(textAt)}`, `-Tdata=${hex(dataAt)}`];
  await tools.run('ld', ['-m', 'elf_i386', '-N', '-e', hex(textAt), ...places, object, '-o', linked]);
  const symbols = [...(await tools.run('nm', [linked])).matchAll(/^([0-9a-f]+) [Tt] (\S+)$/gm)].map(
    ([, address = '', name = '']) => ({ name, address: parseInt(address, 16) }),
  );
  return { text: await section(linked, '.text'), data: await section(linked, '.data'), dataAt, symbols };
}

/** Where code lies in their text section: from one label to the next, without those that are data here. */
function blocksOf(
  symbols: readonly { name: string; address: number }[],
  { annotated }: LoadedProgram,
  start: number,
  end: number,
): [number, number][] {
  const kinds = new Map(annotated.rows.map(({ address, kind }) => [address, kind]));
  const isData = (name: string): boolean => {
    const [address] = annotated.labels.get(name) ?? [];
    return address !== undefined && kinds.get(address) !== 'code';
  };
  const known = symbols
    .filter(({ address }) => address >= start && address < end)
    .sort((a, b) => a.address - b.address);
  const blocks: [number, number][] = [[start, known[0]?.address ?? end]];
  known.forEach(({ name, address }, index) => {
    if (!isData(name)) blocks.push([address, known[index + 1]?.address ?? end]);
  });
  return blocks.filter(([from, to]) => to > from);
}
