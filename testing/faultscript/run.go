package faultscript

import (
	"context"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
)

// slack is how much longer than its timeout a read may take on a busy machine.
const slack = 5 * time.Second

// Run runs the script. Each row is a subtest with a subject of its own. open
// registers its clean-up with t.Cleanup. It must know every fault.
//
// Each row reads one secret through a store that keeps nothing, with the subject's
// timeout, and fails unless the error has an expected class, no more calls were made
// than expected, the read was over in time, and no text in the error's tree holds a
// part of Canary or Credential. Only Hang may take the whole timeout: for any other
// fault the class would be the class of the timeout, by chance.
func Run(t *testing.T, open func(t *testing.T, f Fault) *Subject) {
	t.Helper()
	for _, row := range Rows() {
		t.Run(string(row.Fault), func(t *testing.T) {
			s := open(t, row.Fault)
			if problem := s.problem(); problem != "" {
				t.Fatal(problem)
			}
			if s.NotApplicable != "" {
				t.Skip("not applicable: " + s.NotApplicable)
			}
			if s.Reason != "" {
				t.Log("differs from the script: " + s.Reason)
			}
			for _, problem := range row.overridden(s).try(t.Context(), s) {
				t.Error(problem)
			}
			if err := secretmux.Close(s.Provider); err != nil {
				t.Errorf("Close after the fault: %v", err)
			}
		})
	}
}

// try plays the row and returns the faults of the provider.
func (r Row) try(ctx context.Context, s *Subject) []string {
	switch r.Fault {
	case Cancel:
		return r.tryCancel(ctx, s)
	case Backwards:
		return r.tryBackwards(ctx, s)
	}
	timeout := s.timeout(r.Fault)
	store, err := secretmux.New(kept{s.Provider}, secretmux.Options{TTL: -1, NegativeTTL: -1, Timeout: timeout})
	if err != nil {
		return []string{"no store can be made: " + err.Error()}
	}
	start := time.Now()
	var secret secretmux.Secret
	if !within(timeout+s.slack(), func() { secret, err = store.Get(context.Background(), s.name()) }) { //nolint:contextcheck // a caller without a deadline is the point
		return []string{"Get still runs long after its timeout"}
	}
	problems := r.judge(s, secret, err)
	if elapsed := time.Since(start); r.Fault != Hang && elapsed >= timeout {
		problems = append(problems, "the read used up its whole timeout, so its class may be that of the timeout")
	}
	return append(problems, closed(store)...) //nolint:contextcheck // Close has bounds of its own
}

// kept keeps a row's store from closing the provider: Run reads from the same one
// again, and closes it.
type kept struct{ secretmux.Provider }

// Retries is false: the script counts the calls of one try.
func (kept) Retries() bool { return false }

func closed(store *secretmux.Store) []string {
	if err := store.Close(); err != nil {
		return []string{"the store does not close: " + err.Error()}
	}
	return nil
}

// within reports whether f returns in time.
func within(limit time.Duration, f func()) bool {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	}
}
