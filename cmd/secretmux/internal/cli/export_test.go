package cli

import "github.com/spf13/pflag"

// CommandNames are the names of all commands.
func CommandNames() []string {
	var names []string
	for _, command := range rootCommand(&session{}).Commands() {
		names = append(names, command.Name())
	}
	return names
}

// ExitCode is the exit code of an error.
func ExitCode(err error) int { return exitCode(err) }

// ShellWords splits the text of VISUAL.
func ShellWords(text string) ([]string, bool) { return shellWords(text) }

// LeaveNothing are the options of an editor.
func LeaveNothing(path string) []string { return leaveNothing(path) }

// Flags are the names of all flags of a command, those of every command too.
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
