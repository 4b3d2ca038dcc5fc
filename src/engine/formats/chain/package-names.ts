// What a step's name says: the software, its version, and the names that its programs go by.
// The table is what upstream packages are known to install beyond a program of their own name (their manuals and Makefiles);
// which of them a build uses is read in the scripts, never here.

export interface PackageName {
  /** `perl` of both perl-5.6.2 and perl5.005-03. */
  stem: string;
  version: string;
}

const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  autoconf: ['autoconf', 'autoreconf', 'autoheader', 'autom4te', 'autoscan', 'autoupdate', 'ifnames'],
  automake: ['automake', 'aclocal'],
  binutils: ['as', 'ld', 'ar', 'ranlib', 'nm', 'objcopy', 'objdump', 'strip', 'readelf'],
  bison: ['bison', 'yacc'],
  bzip2: ['bzip2', 'bunzip2', 'bzcat'],
  diffutils: ['diff', 'cmp', 'diff3', 'sdiff'],
  e2fsprogs: ['mkfs.ext4', 'mke2fs', 'e2fsck', 'resize2fs'],
  findutils: ['find', 'xargs'],
  flex: ['flex', 'lex'],
  gawk: ['gawk', 'awk'],
  gcc: ['gcc', 'g++', 'cpp', 'cc', 'c++'],
  gettext: ['gettext', 'msgfmt', 'xgettext', 'autopoint'],
  guile: ['guile', 'guild'],
  gzip: ['gzip', 'gunzip', 'zcat'],
  'heirloom-devtools': ['lex'],
  'kexec-tools': ['kexec'],
  libtool: ['libtool', 'libtoolize'],
  oyacc: ['oyacc', 'yacc'],
  python: ['python', 'python3'],
  texinfo: ['makeinfo', 'texi2any'],
  xz: ['xz', 'unxz', 'xzcat'],
};

export function parsePackageName(step: string): PackageName {
  const joined = /^([A-Za-z]+)(\d+\.\d.*)$/.exec(step);
  const dashed = /^(.+?)-(\d.*)$/.exec(step);
  const [, stem = step, version = ''] = joined ?? dashed ?? [];
  return { stem, version };
}

/** Names under which a build's programs can be called, those with a version too. */
export function programNames(step: string): string[] {
  const { stem, version } = parsePackageName(step);
  const [major = '', minor = ''] = version.split('.');
  const suffixes = ['', `-${version}`, `-${major}.${minor}`, major, `${major}.${minor}`];
  return (PROGRAMS[stem] ?? [stem]).flatMap((name) => suffixes.map((suffix) => name + suffix));
}

const COMPILERS =
  /^(tcc(-.*)?|mes-m2|mescc(\.scm)?|M2-Mesoplanet|M2-Planet|M2|cc_x86|(gcc|g\+\+|cc|c\+\+|cpp)(-[\d.]+)?)$/;
const BINUTILS = new Set(['as', 'ld', 'ar', 'ranlib', 'strip', 'objcopy']);

export function roleOfProgram(name: string): 'compiler' | 'binutils' | 'tool' {
  if (COMPILERS.test(name)) return 'compiler';
  return BINUTILS.has(name) ? 'binutils' : 'tool';
}
