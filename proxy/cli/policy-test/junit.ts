/** Results of policy tests as JUnit XML, which most build servers read. */
import { failureText } from './report.ts';
import type { FileResult, SuiteResult } from './suite.ts';

/** What XML 1.0 cannot hold, not even as a reference. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

/** The results as JUnit XML. */
export function junitXml({ files }: SuiteResult): string {
  const suites = files.map(suite);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="headgate test"${counts(files.flatMap(({ results }) => results))}>`,
    ...suites.flat(),
    '</testsuites>',
    '',
  ].join('\n');
}

function suite(file: FileResult): string[] {
  const cases = file.results.flatMap(({ test, failures }) => {
    const attributes = `classname="${attribute(file.name)}" name="${attribute(test.name)}"`;
    if (failures.length === 0) return [`    <testcase ${attributes}/>`];
    return [
      `    <testcase ${attributes}>`,
      ...failures.map(
        (failure) =>
          `      <failure message="${attribute(failure.message)}">${attribute(failureText(file, test.name, failure))}</failure>`,
      ),
      '    </testcase>',
    ];
  });
  return [`  <testsuite name="${attribute(file.name)}"${counts(file.results)}>`, ...cases, '  </testsuite>'];
}

function counts(results: FileResult['results']): string {
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  return ` tests="${results.length}" failures="${failed}" errors="0" skipped="0"`;
}

function attribute(text: string): string {
  const legal = text.toWellFormed().replace(FORBIDDEN, '\ufffd');
  return legal.replace(/[&<>"\n\r\t]/g, (character) => ENTITIES[character] ?? character);
}
