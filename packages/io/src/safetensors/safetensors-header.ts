import { FormatError } from '@gradus/tensor';
import { elementCount, showShape } from '../array-value.js';
import type { StoredType } from '../stored-number.js';
import { storedNumbers } from '../stored-number.js';
import { repeatedKey } from './json-keys.js';

/** One array as the header describes it; `begin` and `end` count from the start of the file. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly type: StoredType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** What stands before the elements of a safetensors file. */
export interface SafetensorsHeader {
  readonly entries: readonly SafetensorsEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** A header above this size is refused, as in the reference implementation: nobody names that many arrays. */
const maxHeaderBytes = 100_000_000;

const types: Readonly<Record<string, StoredType>> = {
  F64: 'f8',
  F32: 'f4',
  F16: 'f2',
  BF16: 'bf2',
  I64: 'i8',
  I32: 'i4',
  I16: 'i2',
  I8: 'i1',
  U64: 'u8',
  U32: 'u4',
  U16: 'u2',
  U8: 'u1',
  BOOL: 'b1',
};

/**
 * Reads and checks the header: an 8-byte length, then JSON of `{ name: { dtype, shape, data_offsets } }`. After it,
 * every byte of the file belongs to exactly one array.
 *
 * @throws FormatError for anything else.
 */
export function readSafetensorsHeader(bytes: Uint8Array, file: string): SafetensorsHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length < 8 ? undefined : Number(view.getBigUint64(0, true));
  if (length !== undefined && length > maxHeaderBytes) {
    throw new FormatError(
      'safetensors/header-size',
      `${file} announces a header that is too large.`,
      {
        got: `${length} bytes`,
        expected: `at most ${maxHeaderBytes} bytes`,
        fix: 'check that this is a safetensors file: its first 8 bytes are the length of the header',
      },
    );
  }
  if (length === undefined || 8 + length > bytes.length) {
    throw new FormatError('safetensors/truncated', `${file} ends inside its header.`, {
      got: `a file of ${bytes.length} bytes`,
      expected:
        length === undefined ? 'at least 8 bytes' : `8 bytes and a header of ${length} bytes`,
      fix: 'the file was cut: copy or download it again',
    });
  }
  const { __metadata__: metadata, ...described } = parseJson(bytes.subarray(8, 8 + length), file);
  const entries = Object.entries(described).map(([name, entry]) =>
    readEntry(name, entry, 8 + length, file),
  );
  checkCoverage(entries, 8 + length, bytes.length, file);
  return { entries, metadata: readMetadata(metadata, file) };
}

function parseJson(bytes: Uint8Array, file: string): Record<string, unknown> {
  let parsed: unknown;
  let text = '';
  let reason = '';
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    parsed = JSON.parse(text);
  } catch (error) {
    reason = `: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (!text.startsWith('{') || !isObject(parsed)) {
    throw new FormatError(
      'safetensors/header',
      `The header of ${file} is not a JSON object${reason}.`,
      {
        got: JSON.stringify(text.slice(0, 60)),
        expected: '{"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}',
        fix: 'check that this is a safetensors file, and copy or download it again',
      },
    );
  }
  const repeated = repeatedKey(text);
  if (repeated !== undefined) {
    throw new FormatError(
      'safetensors/duplicate-key',
      `The header of ${file} has the key '${repeated}' twice.`,
      {
        got: `'${repeated}' twice in one object`,
        expected: 'every key once',
        fix: 'save the file again under distinct names',
      },
    );
  }
  return parsed;
}

function readEntry(
  name: string,
  entry: unknown,
  dataOffset: number,
  file: string,
): SafetensorsEntry {
  const fault = (
    code: string,
    what: string,
    got: unknown,
    expected: string,
    fix = 'the file was altered or its writer has a fault: save it again, or download it again',
  ): FormatError =>
    new FormatError(`safetensors/${code}`, `'${name}' in ${file} ${what}.`, {
      got: JSON.stringify(got) ?? 'nothing',
      expected,
      fix,
    });
  if (!isObject(entry))
    throw fault('entry', 'is not described by an object', entry, 'dtype, shape and data_offsets');
  const { dtype, shape, data_offsets: offsets, ...unknown } = entry;
  const surplus = Object.keys(unknown);
  if (surplus.length > 0)
    throw fault('entry', 'has unknown fields', surplus, 'only dtype, shape, data_offsets');
  const type = typeof dtype === 'string' && Object.hasOwn(types, dtype) ? types[dtype] : undefined;
  if (type === undefined) {
    throw fault(
      'dtype',
      'has a dtype that is not read',
      dtype,
      `one of ${Object.keys(types).join(', ')}`,
      'convert the array to float32 in the program that writes the file',
    );
  }
  if (!isCounts(shape))
    throw fault('shape', 'has no valid shape', shape, 'an array of whole numbers from 0 up');
  if (!isCounts(offsets) || offsets.length !== 2) {
    throw fault('offsets', 'has no valid data_offsets', offsets, 'two whole numbers, [begin, end]');
  }
  const [begin, end] = offsets as [number, number];
  const needed = elementCount(shape) * storedNumbers[type].sizeBytes;
  if (end - begin !== needed) {
    const expected = `${needed} bytes for ${showShape(shape)} of ${String(dtype)}`;
    throw fault('length', 'has offsets that do not fit its shape', offsets, expected);
  }
  return { name, type, shape, begin: dataOffset + begin, end: dataOffset + end };
}

/** No byte may belong to two arrays or to none: the format leaves no room for hidden content. */
function checkCoverage(
  entries: readonly SafetensorsEntry[],
  start: number,
  fileLength: number,
  file: string,
): void {
  let position = start;
  let before = 'the header';
  for (const { name, begin, end } of [...entries].sort(
    (a, b) => a.begin - b.begin || a.end - b.end,
  )) {
    if (begin !== position) {
      throw new FormatError(
        'safetensors/offsets',
        `'${name}' in ${file} does not begin where ${before} ends.`,
        {
          got:
            begin < position
              ? `an overlap of ${position - begin} bytes`
              : `a gap of ${begin - position} bytes`,
          expected: `data_offsets that begin at ${position - start}`,
          fix: 'the file was altered or its writer has a fault: save it again, or download it again',
        },
      );
    }
    position = end;
    before = `'${name}'`;
  }
  if (position !== fileLength) {
    throw new FormatError('safetensors/file-length', `${file} has the wrong length.`, {
      got: `${fileLength} bytes`,
      expected: `${position} bytes, where the last array ends`,
      fix:
        position > fileLength
          ? 'the file was cut: copy or download it again'
          : 'remove what was appended to it',
    });
  }
}

function readMetadata(metadata: unknown, file: string): Record<string, string> {
  if (metadata === undefined) return {};
  if (isObject(metadata)) {
    const texts = Object.entries(metadata).filter(
      (pair): pair is [string, string] => typeof pair[1] === 'string',
    );
    if (texts.length === Object.keys(metadata).length) return Object.fromEntries(texts);
  }
  throw new FormatError(
    'safetensors/metadata',
    `The __metadata__ of ${file} is not a table of texts.`,
    {
      got: JSON.stringify(metadata).slice(0, 100),
      expected: '{"key": "text"}',
      fix: 'write numbers and objects as JSON text',
    },
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.every((item) => Number.isSafeInteger(item) && (item as number) >= 0)
  );
}
