package cli

import "github.com/spf13/pflag"

// CommandNames returns the names of all commands.
func CommandNames() []string {
	var names []string
	for _, command := range rootCommand(&session{}).Commands() {
		names = append(names, command.Name())
	}
	return names
}

// ExitCode returns the exit code of an error.
func ExitCode(err error) int { return exitCode(err) }

// ShellWords splits the text of VISUAL.
func ShellWords(text string) ([]string, bool) { return shellWords(text) }

// LeaveNothing returns the options for an editor.
func LeaveNothing(path string) []string { return leaveNothing(path) }

// Flags returns the names of all flags of a command, including the flags of every
// command.
func Flags(command string) []string {
	var names []string
	for _, sub := range rootCommand(&session{}).Commands() {
		if sub.Name() == command {
			add := func(f *pflag.Flag) { names = append(names, f.Name) }
			sub.LocalFlags().VisitAll(add)
			sub.InheritedFlags().VisitAll(add)
		}
	}
	return names
}
