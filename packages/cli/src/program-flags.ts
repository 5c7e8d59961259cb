import { Option, type Command } from 'commander'

const each = (value: string, before: readonly string[] | undefined): string[] => [...(before ?? []), value]

/** For a script. */
export const withJson = (command: Command): Command =>
  command.option('--json', 'one JSON document on standard output')

/** Of every command that looks into the data folder. */
export const kept = (command: Command): Command =>
  command.option('--store <folder>', 'the data folder, in place of LATCHKEY_HOME')

/** Of every command that loads the connector of a connection. */
export const moved = (command: Command): Command =>
  command.option('--connector <module>', 'where the connector is now')

/** Values of fields. */
export const given = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--set <field=value>',
        'a value; better not a secret: other users may see the arguments',
      ).argParser(each),
    )
    .addOption(new Option('--set-file <field=path>', 'a value from a file').argParser(each))
    .option('--stdin', 'values as a JSON object on standard input')

/** What a form is filled in with. */
export const values = (command: Command): Command =>
  given(
    command.addOption(
      new Option('--option <id>', 'the way of signing in; again for one inside another').argParser(each),
    ),
  )
    .option('--base-url <url>', "replaces the connector's base URL and origins")
    .addHelpText(
      'after',
      '\nValues are also read from LATCHKEY_<FIELD> (apiKey: LATCHKEY_API_KEY), and asked for at a terminal.',
    )

/** How a person signs in. */
export const consent = (command: Command): Command =>
  command
    .option('--no-browser', 'print the link to sign in, and wait for whoever follows it')
    .option(
      '--redirect-uri <url>',
      'where the browser ends, as registered; default: a free port of 127.0.0.1',
    )
    .addOption(new Option('--scope <scope>', 'ask for this one too; again for another').argParser(each))

/** What is sent, and what is shown of it. */
export const body = (command: Command): Command =>
  command
    .addOption(new Option('-H, --header <header>', "'name: value'").argParser(each))
    .addOption(
      new Option('-d, --data <data>', 'a form body; @path, or @- for standard input').argParser(each),
    )
    .option('-i, --include', 'print status and headers of the response to standard error')
    .option('-v, --verbose', 'print the request as well, without what signs in')
