import type { DistributionPoint } from './distribution-points.ts';

/** Of one certificate: more places than any authority publishes a list at. */
const MAX_URLS = 8;
/** Characters of a URL. */
const MAX_URL = 1024;

/** What the distribution points of a certificate are worth to who wants to fetch lists. */
export interface ListUrls {
  /** In the form of the URL standard, each once. */
  readonly urls: readonly string[];
  /** Why lists are not fetched from other places, in words, each once. */
  readonly unusable: readonly string[];
}

/**
 * Where lists about a certificate can be fetched: http and https URLs of its distribution points whose host is one of
 * `hosts`, letter by letter. Points that tell of some reasons only, or whose lists another authority makes, are passed
 * over (RFC 5280 4.2.1.13).
 */
export function listUrls(points: readonly DistributionPoint[], hosts: readonly string[]): ListUrls {
  const urls = new Set<string>();
  const unusable = new Set<string>();
  for (const { names, someReasons, otherIssuer } of points) {
    if (someReasons) unusable.add('a distribution point tells of some reasons only');
    else if (otherIssuer) unusable.add('the lists of a distribution point are those of another authority');
    else if (names.length === 0) unusable.add('a distribution point names no URL');
    else {
      for (const name of names) {
        const problem = urlProblem(name, hosts);
        if (problem !== undefined) unusable.add(problem);
        else urls.add(new URL(name).href);
      }
    }
  }
  if (urls.size > MAX_URLS) unusable.add(`of ${urls.size} URLs the first ${MAX_URLS} are looked at`);
  return { urls: [...urls].slice(0, MAX_URLS), unusable: [...unusable] };
}

/** Why no list is fetched from here; undefined: it may be. */
export function urlProblem(name: string, hosts: readonly string[]): string | undefined {
  if (name.length > MAX_URL) return `a URL has more than ${MAX_URL} characters`;
  const url = URL.parse(name);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    return 'a name of a distribution point is no http or https URL';
  }
  if (url.username !== '' || url.password !== '') return 'a URL holds a user name or password';
  return hosts.includes(url.hostname) ? undefined : `the host ${url.hostname} is not one of crlHosts`;
}
