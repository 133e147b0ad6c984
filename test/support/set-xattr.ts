// `set-xattr.ts PATH NAME HEX`: setfattr(1) is in a package that few machines have.
import { setXattr } from '../../src/linux/xattr.ts';

const [path = '', name = '', hex = ''] = process.argv.slice(2);
setXattr(Buffer.from(path), name, Buffer.from(hex, 'hex'));
