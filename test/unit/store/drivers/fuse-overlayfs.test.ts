import { layerDriverSuite } from '../../../suites/layer-driver.ts';

layerDriverSuite('fuse-overlayfs', { refusedPaths: ['co:lon'] });
