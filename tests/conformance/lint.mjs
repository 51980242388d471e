// graphql-schema-linter over one file; prints its findings as JSON.
//   node lint.mjs SCHEMA OPTIONS, where OPTIONS is JSON: {rules, rulesOptions, ignore}.
// Without OPTIONS it prints the names of all rules it knows.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const require = createRequire(import.meta.url);
const { Configuration } = require('graphql-schema-linter/lib/configuration.js');
const { loadSchema } = require('graphql-schema-linter/lib/schema.js');
const { validateSchemaDefinition } = require('graphql-schema-linter/lib/validator.js');

const [path, given] = process.argv.slice(2);
const options = { ...(given ? JSON.parse(given) : {}), schemaPaths: [path] };
const configuration = new Configuration(await loadSchema(options), options);

const issues = configuration.validate();
if (issues.some((issue) => issue.type === 'error')) {
  throw new Error(JSON.stringify(issues));
}
const rules = configuration.getRules();
const findings = given ? validateSchemaDefinition(configuration.schema, rules, configuration) : [];
process.stdout.write(
  JSON.stringify({
    rules: configuration.getAllRules().map((rule) => rule.name),
    findings: findings.map((found) => ({
      rule: found.ruleName,
      message: found.message,
      line: found.locations[0].line,
    })),
  }),
);
