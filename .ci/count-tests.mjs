// Prints "PASSED FAILED" of a vitest JSON report. Arguments: the report, and the exit code of the run that wrote it.
import { readFileSync } from 'node:fs';

const [file, status] = process.argv.slice(2);
const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(file, 'utf8'));
// A file that fails before its first test has no failed test to count.
const broken = testResults.filter(
  (result) => result.status === 'failed' && result.assertionResults.length === 0,
).length;
const failed = numFailedTests + broken;
// Whatever else made the run fail (an unhandled rejection, a lost worker) counts as one.
process.stdout.write(`${numPassedTests} ${failed === 0 && status !== '0' ? 1 : failed}\n`);
