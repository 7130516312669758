package exec

import (
	"context"
	"errors"
	"io"
	"os/exec"
	"time"

	"github.com/secretmux/secretmux/providers/internal/steady"
)

// grace is how long the output may stay open after the command has ended or was
// killed.
const grace = 500 * time.Millisecond

// run runs a program to its end and returns its output.
func run(ctx context.Context, path string, args, env []string) ([]byte, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	cmd := exec.CommandContext(ctx, path, args...) //nolint:gosec // the operator names the program; see harmless
	out, problems := &limited{full: func() { stop(steady.ErrTooLarge) }}, &counter{}
	// An empty environment must not be nil, because nil would mean the environment of
	// the process.
	cmd.Env, cmd.Stdout, cmd.Stderr = append([]string{}, env...), out, problems
	cmd.WaitDelay = grace
	own(cmd)
	cmd.Cancel = func() error { return kill(cmd) }
	if err := cmd.Start(); err != nil {
		if ended := ctx.Err(); ended != nil {
			return nil, ended
		}
		return nil, &startError{cause: cause(err)}
	}
	err := cmd.Wait()
	if err != nil {
		_ = kill(cmd) // the processes that it started and left behind with our pipes
	}
	var exit *exec.ExitError
	switch {
	case out.over:
		return nil, steady.ErrTooLarge
	case ctx.Err() != nil && err != nil:
		return nil, ctx.Err()
	case errors.As(err, &exit):
		return nil, &exitError{code: exit.ExitCode(), stderr: problems.n}
	case errors.Is(err, exec.ErrWaitDelay):
		return nil, errHeldOpen
	case err != nil:
		return nil, &startError{cause: cause(err)}
	}
	return out.data, nil
}

// limited keeps the bytes that are written to it, at most steady.MaxSize.
type limited struct {
	data []byte
	over bool
	full func() // is called if there is more
}

func (l *limited) Write(p []byte) (int, error) {
	if len(l.data)+len(p) > steady.MaxSize {
		l.over, l.data = true, nil
		l.full()
		return 0, io.ErrShortWrite
	}
	l.data = append(l.data, p...)
	return len(p), nil
}

// counter counts the bytes that are written to it.
type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}
