/** A network as a picture: the brighter a neuron, the larger its activation for one sample. */
import type { Model } from '@gradus/models';
import type { Tensor } from '@gradus/tensor';

/** One column of neurons. */
export interface PictureLayer {
  readonly name: string;
  /** The activations of the neurons. */
  readonly values: readonly number[];
  /** Weights from the layer before: `weights[from][to]`. Absent where no weights lead here. */
  readonly weights?: readonly (readonly number[])[];
}

/** What a network does with one sample: its inputs, then the output and the weights of every layer. */
export function lookInside(model: Model, sample: Tensor, inputs: Tensor = sample): PictureLayer[] {
  const layers: PictureLayer[] = [
    { name: 'inputs', values: inputs.flatten().toArray() as number[] },
  ];
  for (const [name, output] of Object.entries(model.trace(sample))) {
    const kernel = model.placedVariables.find(({ path }) => path === `${name}/kernel`);
    const weights = kernel?.variable.read().toArray() as number[][] | undefined;
    const values = output.flatten().toArray() as number[];
    layers.push(weights === undefined ? { name, values } : { name, values, weights });
  }
  return layers;
}

/** Activations as brightness from 0 (black) to 1 (white): 0, or the lowest if negative, is black; the highest white. */
export function brightness(values: readonly number[]): number[] {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  return values.map((value) => (high === low ? 0 : (value - low) / (high - low)));
}

const shownNumber = (value: number): string =>
  Math.abs(value) >= 1000 ? value.toFixed(0) : value.toFixed(Math.abs(value) >= 100 ? 1 : 2);

/** Whether this terminal shows colour, by the habits of command line programs (no-color.org). */
export function hasColour(
  env: Readonly<Record<string, string | undefined>> = process.env,
  isTerminal: boolean = process.stdout.isTTY,
): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  if ((env['FORCE_COLOR'] ?? '') !== '') return env['FORCE_COLOR'] !== '0';
  return isTerminal && env['TERM'] !== 'dumb';
}

const CELL = 8;
const SHADES = [' ', '░', '▒', '▓', '█'] as const;

/** One neuron: its number on a block of grey, or, without colour, beside a block of dots. */
function cell(value: number, light: number, colour: boolean): string {
  const text = shownNumber(value).padStart(CELL - 1);
  if (!colour) return `${SHADES[Math.round(light * (SHADES.length - 1))] ?? ' '}${text}`;
  const grey = Math.round(255 * light);
  const ink = grey > 127 ? 0 : 255;
  return `\u001b[48;2;${grey};${grey};${grey}m\u001b[38;2;${ink};${ink};${ink}m${text} \u001b[0m`;
}

/** The picture for a terminal: one line per layer, one cell per neuron, eight cells to a line. */
export function drawText(layers: readonly PictureLayer[], colour: boolean = hasColour()): string {
  const label = Math.max(...layers.map(({ name }) => name.length));
  return layers
    .map(({ name, values }) => {
      const light = brightness(values);
      const cells = values.map((value, i) => cell(value, light[i] ?? 0, colour));
      const lines: string[] = [];
      for (let i = 0; i < cells.length; i += 8)
        lines.push(`${(i === 0 ? name : '').padEnd(label)}  ${cells.slice(i, i + 8).join(' ')}`);
      return lines.join('\n');
    })
    .join('\n\n');
}

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** The picture as an SVG file: neurons as discs, weights as lines, blue where positive and red where negative. */
export function drawSvg(layers: readonly PictureLayer[], title: string): string {
  const [radius, rowGap, columnGap, top] = [24, 62, 190, 90] as const;
  const tallest = Math.max(...layers.map(({ values }) => values.length));
  const width = 100 + columnGap * (layers.length - 1) + 100;
  const height = top + rowGap * tallest + 20;
  const place = (layer: number, neuron: number): { x: number; y: number } => ({
    x: 100 + columnGap * layer,
    y: top + rowGap * (neuron + 0.5 + (tallest - (layers[layer]?.values.length ?? 0)) / 2),
  });

  const lines = layers.flatMap(({ weights = [] }, layer) => {
    const strongest = Math.max(1e-9, ...weights.flat().map(Math.abs));
    return weights.flatMap((row, from) =>
      row.map((weight, to) => {
        const [a, b] = [place(layer - 1, from), place(layer, to)];
        const strength = Math.abs(weight) / strongest;
        return `<line x1="${a.x}" y1="${a.y}" x2="${b.x}" y2="${b.y}" stroke="${weight < 0 ? '#c0392b' : '#2471a3'}" stroke-width="${(0.5 + 2.5 * strength).toFixed(2)}" stroke-opacity="${(0.15 + 0.75 * strength).toFixed(2)}"><title>${weight.toPrecision(4)}</title></line>`;
      }),
    );
  });
  const discs = layers.flatMap(({ values }, layer) => {
    const light = brightness(values);
    return values.map((value, neuron) => {
      const { x, y } = place(layer, neuron);
      const grey = Math.round(255 * (light[neuron] ?? 0));
      const ink = grey > 127 ? '#000' : '#fff';
      return `<circle cx="${x}" cy="${y}" r="${radius}" fill="rgb(${grey},${grey},${grey})" stroke="#444"/><text x="${x}" y="${y + 4}" fill="${ink}">${shownNumber(value)}</text>`;
    });
  });
  const names = layers.map(
    ({ name }, layer) =>
      `<text x="${place(layer, 0).x}" y="${top - 20}" fill="#222">${escapeXml(name)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="12" text-anchor="middle">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="100%" height="100%" fill="#f4f1ea"/>`,
    `<text x="${width / 2}" y="32" font-size="18" fill="#222">${escapeXml(title)}</text>`,
    ...names,
    ...lines,
    ...discs,
    '</svg>\n',
  ].join('\n');
}
