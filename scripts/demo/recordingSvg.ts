/** The lines that a terminal's window showed from a moment on. */
export interface Frame {
  readonly atMs: number;
  readonly lines: readonly string[];
}

const COLUMNS = 80;
const ROWS = 24;
const CELL = { width: 8.4, height: 18 };
const MARGIN = 16;
const WIDTH = COLUMNS * CELL.width + 2 * MARGIN;
const HEIGHT = ROWS * CELL.height + 2 * MARGIN;
/** Longer pauses are shortened to this. */
const MAX_PAUSE_MS = 1500;
const LAST_MS = 5000;

/** Plays the frames forever. With reduced motion, shows only the last, which is also in <desc>. */
export function recordingSvg(frames: readonly Frame[], title: string): string {
  const starts: number[] = [];
  let clock = 0;
  frames.forEach(({ atMs }, index) => {
    clock += Math.min(MAX_PAUSE_MS, atMs - (frames[index - 1]?.atMs ?? atMs));
    starts.push(clock);
  });
  const length = clock + LAST_MS;
  const steps = starts.map(
    (start, index) => `${((100 * start) / length).toFixed(2)}%{transform:translateX(${shift(index)}px)}`,
  );
  const lines = [...new Set(frames.flatMap((frame) => frame.lines))].filter((line) => line !== "");
  const texts = lines.map(
    (line, index) =>
      `<text id="l${index}"${line.startsWith("$ ") ? ' class="c"' : ""}>${escaped(line)}</text>`,
  );
  const shown = frames.map((frame, index) => {
    const rows = frame.lines.map((line, row) =>
      line === "" ? "" : `<use href="#l${lines.indexOf(line)}" y="${(row + 1) * CELL.height}"/>`,
    );
    return `<g transform="translate(${-shift(index)})">${rows.join("")}</g>`;
  });
  const last = frames.at(-1)?.lines.join("\n") ?? "";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img">
<title>${escaped(title)}</title>
<desc>${escaped(last)}</desc>
<style>
text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#d4d4d4;white-space:pre}
.c{fill:#8ae234}
.film{animation:play ${(length / 1000).toFixed(1)}s steps(1,end) infinite}
@keyframes play{${steps.join("")}100%{transform:translateX(${shift(frames.length - 1)}px)}}
@media (prefers-reduced-motion:reduce){.film{animation:none;transform:translateX(${shift(frames.length - 1)}px)}}
</style>
<defs>
${texts.join("\n")}
</defs>
<rect width="100%" height="100%" rx="8" fill="#1e1e1e"/>
<clipPath id="window"><rect width="${COLUMNS * CELL.width}" height="${HEIGHT - MARGIN}"/></clipPath>
<g transform="translate(${MARGIN} ${MARGIN / 2})"><g clip-path="url(#window)"><g class="film">
${shown.join("\n")}
</g></g></g>
</svg>
`;
}

/** The last screen of a picture made by {@link recordingSvg}. */
export function lastScreen(svg: string): string {
  const text = /<desc>([\s\S]*?)<\/desc>/.exec(svg)?.[1] ?? "";
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

function shift(index: number): number {
  return -index * WIDTH;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
