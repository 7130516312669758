package cli

import (
	"context"
	"io"
	"runtime/debug"

	"github.com/secretmux/secretmux"
)

// Program is the command, with what it may open and the streams it uses. The
// rest of its world is the process: its environment, its folder, its signals.
type Program struct {
	// Backends are what a config string may name.
	Backends []secretmux.Backend
	// Starters are backends that start a program for a secret. A config string
	// may name them only with --allow-exec: it may come from a stranger.
	Starters []secretmux.Backend
	// Linted are what lint opens in place of Starters: they have the same schemes, and
	// don't look for the program.
	Linted []secretmux.Backend
	// In, Out and Err are the standard streams. Data goes to Out, all else to Err.
	In       io.Reader
	Out, Err io.Writer
}

// Run runs one command line, without the program's name, and returns the exit
// code. It prints what went wrong itself. A session per call: calls don't share
// anything.
func (p *Program) Run(ctx context.Context, args []string) (code int) {
	s := &session{Program: *p}
	defer func() {
		if recover() != nil { // what it says may quote a value
			write(s.Err, "secretmux: a bug: it panicked here\n"+string(debug.Stack()))
			code = codeUsage
		}
	}()
	ctx, s.interrupts = withSignals(ctx)
	defer s.interrupts.stop()
	root := rootCommand(s)
	root.SetArgs(append([]string{}, args...)) // nil would be those of the process
	err := root.ExecuteContext(ctx)
	if cause := interruption(ctx); cause != nil && err != nil {
		err = cause
	}
	s.report(err)
	return exitCode(err)
}

// session is one run of the command.
type session struct {
	Program
	config    string
	timeout   durationFlag
	json      bool
	quiet     bool
	noInput   bool
	allowExec bool
	hidden    []string // see hide
	shown     []string // stays visible in spite of hide: names of variables

	interrupts *interrupts // end the context of the command
}
