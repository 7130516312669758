// Package cli is the command secretmux. Package main chooses the backends.
//
// # Adding a command
//
// Add one file and one line. The file is named after the command and has a function
//
//	func getCommand(s *session) *cobra.Command
//
// Add the function to the list in root.go. Its RunE returns an error and does not
// print it: Program.Run prints it once and derives the exit code from it (see
// exit.go). For mistakes of the user return secretmux.Invalid or usage. If the
// result is bad news, such as a leak, print it and return errFindings.
//
//   - s.open(ctx) returns the store of -c or SECRETS; close it.
//   - s.hide(word...) keeps words out of every message. Use it for words that were
//     typed in place of a name: they may be values. Call it before anything can fail.
//   - s.table and s.printJSON write to s.Out, which is for data. s.say writes
//     messages, which --quiet silences.
//   - s.progress is for work that may take long; s.confirm asks.
//
// Example holds the commands that help shows first. The simplest one is on top.
// Long has a few lines at most. A line of help has 80 columns at most.
//
// Tests call rig.run (see rig_test.go), which fails if an output holds the canary.
// The help of each command is compared with testdata/help, and JSON output with
// testdata/json. To write these files, run go test . -update.
package cli
