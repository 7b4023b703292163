import { library } from '../../tsup.base.ts';

export default library({ entry: ['src/index.ts', 'src/golden-command.ts'], platform: 'node' });
