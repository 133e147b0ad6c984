import { invalid } from './invalid.ts';

/** A name the kernel and resolvers take: letters, digits, dashes, underscores, dots. @throws UserError in docker's words */
export function checkHostname(text: string): string {
  if (text.length > 63 || !/^[a-zA-Z0-9]([a-zA-Z0-9_.-]*[a-zA-Z0-9])?$/.test(text)) {
    throw invalid(`invalid hostname format: ${text}`);
  }
  return text;
}

/** @throws UserError */
export function checkDomainname(text: string): string {
  if (text.length > 253 || !/^[a-zA-Z0-9]([a-zA-Z0-9_.-]*[a-zA-Z0-9])?$/.test(text)) {
    throw invalid(`invalid domainname format: ${text}`);
  }
  return text;
}
