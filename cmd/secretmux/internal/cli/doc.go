// Package cli is the command secretmux, without the choice of backends, which is
// main's.
//
// # Adding a command
//
// One file and one line. The file is named after the command and has a function
//
//	func getCommand(s *session) *cobra.Command
//
// which the list in root.go names. Its RunE returns an error and prints none:
// Program.Run prints it once and makes the exit code of it (see exit.go). For
// mistakes of the user return secretmux.Invalid or usage; for a result that is bad
// news, such as a leak, return errFindings after printing it.
//
//   - s.open(ctx) gives the store of -c or SECRETS; close it.
//   - s.hide(word...) keeps words that were typed where a name belongs out of
//     every message: they may be values. Call it before anything can fail.
//   - s.table and s.printJSON write to s.Out, which is for data. Messages go to
//     s.say, which --quiet silences.
//   - s.progress is for work that may take long; s.confirm asks.
//
// Example holds the commands that help shows first, the simplest on top, Long at
// most a few lines. No line of help is over 80 columns.
//
// Tests call rig.run (see rig_test.go), which fails where the canary is in an
// output. Help of each command is golden: go test . -run Help -update writes it to
// testdata/help, as JSON output is in testdata/json.
package cli
