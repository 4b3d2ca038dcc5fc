// The program's side of the line to its test: acts come in, answers and news of ports go out.
import type { ActCall, StandInActs, StandInNews } from './acts.ts';

export function tellParent(news: StandInNews): void {
  // A parent that has gone needs no news.
  if (process.connected) process.send?.(news);
}

export function answerParent(acts: StandInActs): void {
  process.on('message', (message: ActCall) => {
    Promise.resolve()
      .then(() => (acts[message.act] as (...args: unknown[]) => unknown)(...message.args))
      .then(
        (value) => tellParent({ news: 'answer', id: message.id, value }),
        (error: unknown) => tellParent({ news: 'failure', id: message.id, message: String(error) }),
      );
  });
  // A test that died takes its program along.
  process.on('disconnect', () => process.exit(3));
  // Listening must not keep a program alive that has nothing else to do; Electron's own loop does that.
  process.channel?.ref();
}
