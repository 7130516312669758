package cli

import (
	"context"
	"errors"
	"os"
	"strings"
	"time"

	"github.com/secretmux/secretmux"
)

const (
	// quietTime is how long run waits after the last change before it acts: the
	// parts of one rotation change one after the other.
	quietTime = 2 * time.Second
	// retryTime is how long run waits before it reads the values again, if it could
	// not read them after a rotation.
	retryTime = 30 * time.Second
)

// The ways to act on a rotation.
const (
	rotateRestart = "restart"
	rotateSignal  = "signal"
	rotateExit    = "exit"
)

// rotateFlag is the value of --on-rotate.
type rotateFlag struct {
	mode   string
	signal os.Signal
}

func (f *rotateFlag) Set(text string) error {
	mode, name, named := strings.Cut(text, "=")
	sig := signalNamed(strings.TrimPrefix(strings.ToUpper(name), "SIG"))
	switch {
	case mode == rotateSignal && named && sig != nil, (mode == rotateRestart || mode == rotateExit) && !named:
		*f = rotateFlag{mode: mode, signal: sig}
		return nil
	}
	return errors.New("it must be restart, signal=HUP or exit")
}

func (f *rotateFlag) String() string { return f.mode }

// Type returns the word that help shows for the value.
func (f *rotateFlag) Type() string { return "action" }

// watch notes each change of a secret and adds the new value to the mask. A read
// that fails changes nothing.
func (r *runner) watch() error {
	r.changed = make(chan struct{}, 1)
	for _, w := range r.plan {
		_, err := r.store.OnRotate(w.ref, func(_ context.Context, rotation secretmux.Rotation) error {
			r.masking.add(w, rotation.New)
			select {
			case r.changed <- struct{}{}:
			default:
			}
			return nil
		})
		if err != nil {
			return &labelled{label: w.label, err: err}
		}
	}
	return nil
}

// renew reads the secrets again, and makes the environment and the files again.
func (r *runner) renew(ctx context.Context) error {
	if r.o.onRotate.mode == rotateExit {
		return nil // the command is not started again
	}
	bounded, stop := r.s.bounded(ctx)
	defer stop()
	secrets, err := r.fetch(bounded)
	if err != nil {
		return err
	}
	return r.build(secrets)
}
