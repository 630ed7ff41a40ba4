/** What is said about a broken `when`; ‸ is where the problem must point. */
import { broken, testBroken } from './broken.ts';

const W = 'identities[0].when';
const FROM = 'subject: { O: Acme }';
const when = (to: string, path: string, message: RegExp, fix?: RegExp) =>
  broken(FROM, to, `${W}.${path}`, message, fix);

testBroken([
  when('subject: { O: ‸"{plant:[a-z}" }', 'subject.O', /"\{" without its "\}"/),
  when('subject: { O: ‸"{plant:(?=a)}" }', 'subject.O', /constraint of \{plant\} that is not taken: look-ahead/),
  when('san: { dns: [a.example, ‸"*.example"] }', 'san.dns[1]', /only subject patterns know/),
  when('san: { dns: ‸[] }', 'san.dns', /must not be empty|must be a pattern/),
  when('issuer: { O: ‸"{x}" }', 'issuer.O', /nothing is taken from the issuer/),
  when('issuer: { XY: ‸a }', 'issuer.XY', /unknown issuer attribute/),
  when('eku: ‸client', 'eku', /neither one of serverAuth/),
  when('serial: ‸1234', 'serial', /must be a serial number such as "4A:3F:09"/),
  when('serial: [‸"01 "]', 'serial[0]', /hexadecimal digits/),
  when('age: { max: ‸90 }', 'age.max', /must be a duration .*, not a number/, /add the unit/),
  when('age: { max: ‸500ms }', 'age.max', /must be at least 1s/),
  when('age: ‸{}', 'age', /neither "min" nor "max"/),
  when('age: ‸{ min: 2d, max: 1d }', 'age', /"min" is more than "max"/),
  when('age: { ‸mx: 1d }', 'age.mx', /not known/),
]);
