import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { watchFiles } from "../../../src/cache/watchFiles.ts";
import type { Home } from "../../support/home.ts";
import { temporaryHome } from "../../support/temporary.ts";

/** A sleep that never ends, and the milliseconds asked for. */
function endlessSleep() {
  const asked: number[] = [];
  const sleep = (ms: number) => {
    asked.push(ms);
    return new Promise<void>(() => {});
  };
  return { asked, sleep };
}

let home: Home;
beforeEach(async () => {
  home = await temporaryHome();
});

describe("a watched file", () => {
  test("has changed when it is created, replaced or removed", async () => {
    const path = join(home.path, "lock");
    const watch = watchFiles([path], endlessSleep());
    try {
      await writeFile(path, "1");
      await watch.next(60_000);
      await writeFile(`${path}.new`, "2");
      await rename(`${path}.new`, path);
      await watch.next(60_000);
      await rm(path);
      await watch.next(60_000);
    } finally {
      watch.close();
    }
  });

  test("has changed, too, if that happened before the wait", async () => {
    const path = join(home.path, "lock");
    const [watch, witness] = [watchFiles([path], endlessSleep()), watchFiles([path], endlessSleep())];
    try {
      await writeFile(path, "1");
      await witness.next(60_000);
      await watch.next(60_000);
    } finally {
      watch.close();
      witness.close();
    }
  });

  test("is polled every second as well, and within the given time", async () => {
    const { asked, sleep } = endlessSleep();
    const watch = watchFiles([join(home.path, "lock")], { sleep });
    void watch.next(60_000);
    void watch.next(300);
    watch.close();
    expect(asked).toEqual([1_000, 300]);
  });

  test("is polled often where the system reports nothing", async () => {
    const { asked, sleep } = endlessSleep();
    const watch = watchFiles([join(home.path, "no such folder", "lock")], { sleep });
    void watch.next(60_000);
    watch.close();
    expect(asked).toEqual([75]);
  });

  test("is watched as soon as its folder exists", async () => {
    const folder = join(home.path, "later");
    const { asked, sleep } = endlessSleep();
    const watch = watchFiles([join(folder, "lock")], { sleep });
    try {
      void watch.next(60_000);
      await mkdir(folder);
      void watch.next(60_000);
      const told = watch.next(60_000);
      await writeFile(join(folder, "lock"), "1");
      await told;
      expect(asked).toEqual([75, 75, 1_000]);
    } finally {
      watch.close();
    }
  });
});
