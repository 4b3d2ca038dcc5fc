import { describe, expect, it } from 'vitest';
import { createTopic } from '../../src/engine/broadcast.ts';

describe('a topic', () => {
  it('gives the value now, then the newest one at most once an interval, and the last', async () => {
    const topic = createTopic(0);
    const seen: number[] = [];
    const watching = (async () => {
      for await (const value of topic.watch({ intervalMs: 30 })) seen.push(value);
    })();
    await expect.poll(() => seen.length).toBe(1);
    for (let value = 1; value <= 100; value += 1) topic.set(value);
    await expect.poll(() => seen.length).toBe(2);
    topic.set(101);
    topic.end();
    await watching;
    expect(seen).toEqual([0, 100, 101]);
  });

  it('ends its views at once, without the pause between two values', async () => {
    const topic = createTopic('first');
    const seen: string[] = [];
    const watching = (async () => {
      for await (const value of topic.watch({ intervalMs: 60_000 })) seen.push(value);
    })();
    await expect.poll(() => seen.length).toBe(1);
    topic.set('last');
    topic.end();
    await watching;
    expect(seen).toEqual(['first', 'last']);
  });

  it('a view ends when its signal aborts, in the pause and while it waits', async () => {
    for (const wait of [0, 30]) {
      const topic = createTopic(0);
      const controller = new AbortController();
      const watching = (async () => {
        const values = topic.watch({ signal: controller.signal, intervalMs: 10 + (30 - wait) * 1000 });
        while ((await values.next()).done !== true);
      })();
      await new Promise((resolve) => setTimeout(resolve, 20));
      controller.abort();
      await watching;
    }
  });

  it('a view that comes after the end gets the last value', async () => {
    const topic = createTopic(1);
    topic.set(2);
    topic.end();
    const seen: number[] = [];
    for await (const value of topic.watch({})) seen.push(value);
    expect(seen).toEqual([2]);
  });
});
