// How script-generator cuts the directives that remain into scripts 0.sh, 1.sh, … : a new one begins after each jump and after each build
// whose name begins with `bash-`. Source: live-bootstrap 984b8322, seed/script-generator.c (generate).

/** A directive whose condition holds. */
export interface ActiveDirective {
  kind: 'build' | 'improve' | 'jump' | 'uninstall';
  argument: string;
  line: number;
}

export interface ScriptEntry {
  directive: ActiveDirective['kind'];
  /** Step, script, or what is uninstalled (words with single spaces). */
  argument: string;
  /** Which build of the step this is, from 1; null for what is not built. */
  pass: number | null;
  /** Line in the manifest, from 1. */
  line: number;
}

export interface BootstrapScript {
  /** /steps/N.sh */
  number: number;
  /** What runs it. script-generator counts builds of bash: from the second on, the newer one runs. */
  shell: 'kaem' | 'bash';
  bashBuilds: number;
  entries: ScriptEntry[];
}

export function splitScripts(directives: readonly ActiveDirective[]): BootstrapScript[] {
  const scripts: BootstrapScript[] = [startScript(0, 0)];
  const seen = new Map<string, number>();
  for (const { kind, argument, line } of directives) {
    const last = scripts.at(-1) ?? startScript(0, 0);
    // Upstream counts everything of that name, whatever the directive.
    const before = seen.get(argument) ?? 0;
    seen.set(argument, before + 1);
    last.entries.push({ directive: kind, argument, pass: kind === 'build' ? before + 1 : null, line });
    const isBash = kind === 'build' && argument.startsWith('bash-');
    if (isBash || kind === 'jump')
      scripts.push(startScript(scripts.length, last.bashBuilds + Number(isBash)));
  }
  return scripts;
}

function startScript(number: number, bashBuilds: number): BootstrapScript {
  return { number, shell: bashBuilds === 0 ? 'kaem' : 'bash', bashBuilds, entries: [] };
}
