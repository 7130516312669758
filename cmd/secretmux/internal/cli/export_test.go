package cli

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
