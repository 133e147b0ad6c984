export { connectMonitor, MonitorClient } from './client.ts';
export { launchMonitor, type MonitorLaunch, monitorEnvironment } from './launch.ts';
export { parseLogOptions } from './logs/index.ts';
export { runMonitor } from './run-monitor.ts';
