package cli

import (
	"context"
	"io"
	"runtime/debug"

	"github.com/secretmux/secretmux"
)

// Program is the command with its backends and streams. It takes everything else
// from the process: the environment, the current folder, the signals.
type Program struct {
	// Backends are the backends that a config string may name.
	Backends []secretmux.Backend
	// Starters are backends that start a program for a secret. A config string
	// may name them only with --allow-exec: it may come from a stranger.
	Starters []secretmux.Backend
	// Linted are the backends that lint opens in place of Starters. They have the
	// same schemes, but don't look for the program.
	Linted []secretmux.Backend
	// In, Out and Err are the standard streams. Data goes to Out, and everything
	// else goes to Err.
	In       io.Reader
	Out, Err io.Writer
}

// Run runs one command line and returns the exit code. The args don't have the
// program's name. Run prints errors itself. Calls don't share any state.
func (p *Program) Run(ctx context.Context, args []string) (code int) {
	s := &session{Program: *p, help: helpWriter{Writer: p.Out}}
	defer func() {
		if recover() != nil { // the panic may quote a value
			write(s.Err, "secretmux: this is a bug in secretmux: it panicked here\n"+string(debug.Stack()))
			code = codeUsage
		}
	}()
	ctx, s.interrupts = withSignals(ctx)
	defer s.interrupts.stop()
	root := rootCommand(s)
	root.SetArgs(append([]string{}, args...)) // nil would mean the arguments of the process
	err := root.ExecuteContext(ctx)
	if err == nil {
		err = s.help.err
	}
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
	shown     []string // names of variables that stay visible in spite of hide

	interrupts *interrupts // end the context of the command at a signal
	help       helpWriter  // for help and the version
}

// helpWriter is where cobra prints, which looks at no error: a full disk must not pass for
// an answer. Data does not go through it.
type helpWriter struct {
	io.Writer

	err error // the first one
}

func (w *helpWriter) Write(p []byte) (n int, err error) {
	n, err = w.Writer.Write(p)
	if w.err == nil {
		w.err = err
	}
	return n, err
}
