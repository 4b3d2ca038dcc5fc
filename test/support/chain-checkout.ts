// A live-bootstrap in small, as texts: every way that things are made in the real one, with our own words.
import { createHash } from 'node:crypto';
import type { ChainFile, FindFile } from '../../src/engine/formats/chain/chain-files.ts';

export const DIGITS = 'ab'.repeat(32);

/** lib/generator.py's two sayings that are read: where stage2 goes, and the commands behind the stream. */
const GENERATOR = [
  "open('builder-hex0-x86-stage2.hex0')",
  "cmd = ' '.join(['src', '0', '/bootstrap-seeds\\n'])",
  "cmd = ' '.join(['hex0', '/x86/hex0.hex0', '/bootstrap-seeds/hex0-seed\\n'])",
  "cmd = ' '.join(['hex0', '/x86/kaem.hex0', '/bootstrap-seeds/kaem-optional-seed\\n'])",
  "cmd = ' '.join(['/bootstrap-seeds/kaem-optional-seed', '/kaem.x86\\n'])",
  '',
].join('\n');

const HELPERS = `
default_src_compile() {
    make -f Makefile
}
src_pkg() {
    tar -cf x.tar . # bzip2 is not named here
}
`;

export function smallCheckout(): Record<string, string> {
  return {
    'lib/generator.py': GENERATOR,
    'builder-hex0/builder-hex0-x86-stage1.hex0': '90 # nop\n',
    'builder-hex0/builder-hex0-x86-stage2.hex0': '91\n',
    'seed/stage0-posix/x86/hex0.hex0': '92\n',
    'seed/stage0-posix/x86/kaem.hex0': '93\n',
    'seed/stage0-posix/x86/cat.hex0': '94\n',
    'seed/stage0-posix/x86/M2.hex0': '95\n',
    'seed/stage0-posix/x86/M2.c': 'int main;\n',
    'seed/stage0-posix/kaem.x86': [
      '# from the seed up',
      './bootstrap-seeds/hex0-seed ./x86/cat.hex0 ./x86/bin/catm',
      './bootstrap-seeds/hex0-seed ./x86/kaem.hex0 \\',
      '  ./x86/bin/kaem',
      './bootstrap-seeds/hex0-seed ./x86/M2.hex0 ./x86/bin/M2',
      './x86/bin/kaem --file after.kaem',
      '',
    ].join('\n'),
    'seed/stage0-posix/after.kaem': 'echo nothing\n',
    'seed/after.kaem': 'PATH=/x86/bin\ncatm full.kaem /steps/env seed.kaem\nkaem --file full.kaem\n',
    'seed/seed.kaem': [
      'alias CC="M2 -f"',
      'CC /x86/M2.c -o ${BINDIR}/M2-Planet',
      'catm script-generator /x86/M2.c',
      'if match x${UPDATE_CHECKSUMS} xTrue; then',
      '    nobody-has-this one',
      'else',
      '    catm ${BINDIR}/untar /x86/M2.c',
      '    catm ${BINDIR}/cp /x86/M2.c',
      'fi',
      './script-generator /steps/manifest',
      'kaem --file /steps/0.sh',
      '',
    ].join('\n'),
    'steps/env': 'BINDIR=/usr/bin\n',
    'steps/helpers.sh': HELPERS,
    'steps/manifest': [
      'build: mes-1.0',
      'build: tcc-0.9',
      'build: kern-1 ( KERNEL_BOOTSTRAP == True )',
      'jump: kern ( KERNEL_BOOTSTRAP == True )',
      'build: bash-2.0',
      'build: tcc-0.9',
      'build: tar-1.0',
      'build: perl-5.0',
      'build: perl-5.8',
      'uninstall: perl-5.0',
      'build: libz-1.0',
      'build: gcc-4.0',
      'build: gcc-9.0',
      '',
    ].join('\n'),
    'steps/mes-1.0/pass1.kaem': 'untar --file x\nkaem --file kaem.run\ncp bin/mes-m2 ${BINDIR}/mes-m2\n',
    'steps/mes-1.0/sources': `f http://example.org/mes-1.0.tar.gz ${DIGITS}\n`,
    'steps/tcc-0.9/pass1.kaem': 'MES=${BINDIR}/mes-m2\n${MES} -o tcc tcc.c\ncp tcc ${BINDIR}\n',
    'steps/tcc-0.9/pass2.sh': 'src_compile() {\n    tcc -o tcc tcc.c\n}\n',
    'steps/kern-1/pass1.kaem': 'tcc -o kern kern.c\n',
    'steps/bash-2.0/pass1.kaem': 'tcc -o bash x.c\ncp bash ${BINDIR}/bash\n',
    'steps/tar-1.0/mk/main.mk': 'CC = tcc\n',
    'steps/tar-1.0/sources': `f http://example.org/tar-1.0.tar.gz ${DIGITS}\n`,
    'steps/perl-5.0/pass1.sh': 'src_compile() {\n    CC=tcc ./configure # gcc is said in a comment only\n}\n',
    'steps/perl-5.8/pass1.sh': 'src_prepare() {\n    perl regen.pl | sh\n}\n',
    'steps/libz-1.0/pass1.sh': '',
    'steps/gcc-4.0/pass1.sh': 'src_configure() {\n    CC="tcc -static" ./configure --with-z\n}\n',
    'steps/gcc-9.0/pass1.sh': 'src_configure() {\n    ./configure\n}\n',
  };
}

export function findIn(files: Readonly<Record<string, string>>): FindFile {
  return (path): ChainFile | null => {
    const text = files[path];
    return text === undefined
      ? null
      : { path, text, sha256: createHash('sha256').update(text).digest('hex') };
  };
}
