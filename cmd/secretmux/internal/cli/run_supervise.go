package cli

import (
	"context"
	"os"
	"sync/atomic"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/cmd/secretmux/internal/child"
)

// runner is one command that is run.
type runner struct {
	s       *session
	o       *runOptions
	path    string
	argv    []string
	store   *secretmux.Store
	masking *masking
	signals <-chan os.Signal

	plan        []wanted
	files       *secretFiles
	env         []string
	overwritten []string // labels of the variables that a secret replaced

	terminal child.Terminal
	changed  chan struct{} // a secret has a new value
	pid      atomic.Int64  // of the command
}

// supervise starts the command and waits for its end. With --on-rotate restart it
// starts the command again after a rotation.
func (r *runner) supervise(ctx context.Context) error {
	r.terminal = child.OpenTerminal()
	defer r.terminal.Close()
	defer r.masking.flush()
	defer child.Reap(func(pid int) bool { return int64(pid) == r.pid.Load() })()
	if r.o.onRotate.mode == "" {
		closeStore(r.store) // the connections to the stores are not needed any more
	} else if err := r.watch(); err != nil {
		return err
	}
	for {
		process, err := r.start()
		if err != nil {
			return notStarted(child.Reason(err))
		}
		if again := r.accompany(ctx, process); !again {
			return ended(process.Code())
		}
	}
}

// ended returns an error with the command's exit code, so that run ends with the
// same code. The error prints nothing.
func ended(code int) error {
	if code == 0 {
		return nil
	}
	return &codeError{code: code}
}

func (r *runner) start() (*child.Process, error) {
	process, err := child.Start(child.Spec{
		Path: r.path, Args: r.argv, Env: r.env,
		In: r.s.In, Out: r.masking.out, Err: r.masking.err,
		Files: r.files.open, Group: !r.terminal.Exists(),
	})
	if err == nil {
		r.pid.Store(int64(process.PID()))
	}
	return process, err
}

// accompany forwards signals and acts on rotations until the command has ended.
// It reports whether to start it again.
func (r *runner) accompany(ctx context.Context, process *child.Process) (again bool) {
	settled := time.NewTimer(time.Hour)
	settled.Stop()
	defer settled.Stop()
	stopping := false
	for {
		select {
		case <-process.Done():
			return again
		case sig := <-r.signals:
			if child.Ends(sig) {
				again = false // the signal asks us to end too, so the command must not start again
			}
			if !r.terminal.Sends(sig) {
				process.Signal(sig)
			}
		case <-r.changed:
			if !stopping {
				settled.Reset(quietTime)
			}
		case <-settled.C:
			switch err := r.renew(ctx); {
			case err != nil:
				r.s.report(&labelled{label: "the command still has the values from before a rotation", err: err})
				settled.Reset(retryTime)
			case r.o.onRotate.mode == rotateSignal:
				process.Signal(r.o.onRotate.signal)
			default:
				stopping, again = true, r.o.onRotate.mode == rotateRestart
				go process.Stop(r.o.grace)
			}
		}
	}
}
