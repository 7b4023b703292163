// Runs one example and shows what it measured: node examples/run.mjs NAME [--quick]
import process from 'node:process';

const [name, ...flags] = process.argv.slice(2);
// Node 22.18 and later run TypeScript as it is.
const { main } = await import(`./src/${name}.ts`);
console.log(await main({ quick: flags.includes('--quick') }));
