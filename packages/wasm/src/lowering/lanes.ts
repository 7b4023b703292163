import type { FunctionBuilder, Local } from '../assembler/index.js';

/** How many of the four numbers of a vector are read or written. */
export type Lanes = 4 | 2 | 1;

/**
 * Writes `body` for all channels, a vector at a time: it gets the byte offset that is to be added to the pointers. Long
 * runs become a loop that moves the pointers (and leaves them moved), `unroll` vectors a turn.
 */
export function overChannels(
  f: FunctionBuilder,
  channels: number,
  unroll: number,
  pointers: readonly Local[],
  body: (offset: number, lanes: Lanes) => void,
): void {
  let offset = 0;
  let vectors = Math.floor(channels / 4);
  const turns = Math.floor(vectors / unroll);
  if (turns > 1) {
    const left = f.local('i32');
    f.i32(turns)
      .set(left)
      .loop((again) => {
        for (let i = 0; i < unroll; i++) body(i * 16, 4);
        for (const pointer of pointers)
          f.get(pointer)
            .i32(16 * unroll)
            .op('i32.add')
            .set(pointer);
        f.get(left).i32(1).op('i32.sub').tee(left);
        again();
      });
    vectors -= turns * unroll;
  }
  for (; vectors > 0; vectors--, offset += 16) body(offset, 4);
  if (channels % 4 >= 2) {
    body(offset, 2);
    offset += 8;
  }
  if (channels % 2 === 1) body(offset, 1);
}

/** [address] becomes a vector; lanes that are not read are 0. */
export function load(f: FunctionBuilder, lanes: Lanes, offset: number): void {
  const name = lanes === 4 ? 'v128.load' : lanes === 2 ? 'v128.load64_zero' : 'v128.load32_zero';
  f.memory(name, offset);
}

/** [address, vector] is written. */
export function store(f: FunctionBuilder, lanes: Lanes, offset: number): void {
  if (lanes === 4) f.memory('v128.store', offset);
  else f.laneMemory(lanes === 2 ? 'v128.store64_lane' : 'v128.store32_lane', 0, offset);
}
