// The part of @lydell/node-pty 1.1.0 that is used; its own types are declared under the name that it has on npm, not under the one it is installed as.
declare module 'node-pty' {
  export interface Terminal {
    readonly pid: number;
    /** Bytes with `encoding: null`. */
    onData(listener: (data: Buffer) => void): unknown;
    onExit(listener: (end: { exitCode: number; signal?: number }) => void): unknown;
    write(text: string): void;
    resize(columns: number, rows: number): void;
    pause(): void;
    resume(): void;
    /** Closes the terminal: what holds it gets SIGHUP. */
    destroy(): void;
  }
  export function spawn(
    file: string,
    args: string[],
    options: {
      name: string;
      cols: number;
      rows: number;
      cwd: string;
      env: Record<string, string>;
      encoding: null;
    },
  ): Terminal;
}
